import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reelway } from '../../test/support/reelway.js';
import type { Finding } from './doctor-finding.js';

let cwd: string;
beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), 'reelway-doctor-'))));
afterEach(() => rmSync(cwd, { recursive: true }));

interface Report {
  readonly ok: boolean;
  readonly settings: { name: string; shown: string | null; from: string }[];
  readonly findings: Finding[];
}

async function doctor(env: Record<string, string>): Promise<{ code: number | null; report: Report; stderr: string }> {
  const { code, stdout, stderr } = await reelway(['doctor', '--json'], { cwd, env: { REELWAY_PORT: '0', ...env } });
  return { code, report: JSON.parse(stdout) as Report, stderr };
}

function finding({ findings }: Report, name: string): Finding | undefined {
  return findings.find((found) => found.name === name);
}

describe('reelway doctor', () => {
  it('finds nothing wrong on a fresh machine, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await reelway(['doctor'], { cwd, env: { REELWAY_PORT: '0' } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/REELWAY_HOST +127\.0\.0\.1 +default/);
    expect(stdout).toMatch(/All is well\.\n$/);
    expect(readdirSync(cwd, { recursive: true }).filter((name) => String(name).includes('doctor'))).toEqual([]);
  });

  it('lists every wrong setting by name and ends with 1', async () => {
    const { code, report } = await doctor({ LOG_LEVEL: 'loud', REELWAY_STORAGE: 'ftp://x', REELWAY_PROT: '1' });
    expect(code).toBe(1);
    expect(report.ok).toBe(false);
    expect(finding(report, 'settings')).toMatchObject({ status: 'problem', code: 'invalid_settings' });
    expect(finding(report, 'settings')?.problems).toHaveLength(2);
    expect(finding(report, 'names')?.problems).toEqual([
      'REELWAY_PROT is no setting of Reelway; did you mean REELWAY_PORT?',
    ]);
  });

  it('reads .env and masks secrets', async () => {
    writeFileSync(
      join(cwd, '.env'),
      'DATABASE_URL=postgres://user:hunter2@127.0.0.1:1/none\nREELWAY_API_TOKENS=ci:0123456789abcdef\n',
    );
    const { code, report, stderr } = await doctor({});
    expect(code).toBe(1);
    expect(report.settings).toContainEqual(
      expect.objectContaining({ name: 'DATABASE_URL', shown: 'postgres://user:***@127.0.0.1:1/none', from: 'given' }),
    );
    expect(finding(report, 'database')).toMatchObject({ status: 'problem', code: 'database_unavailable' });
    expect(finding(report, 'tokens')).toMatchObject({ status: 'ok', message: 'ci may use the API' });
    expect(JSON.stringify(report) + stderr).not.toMatch(/hunter2|0123456789abcdef/);
  });

  it('says which setting to change when the port is taken or the storage cannot be written', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    writeFileSync(join(cwd, 'file'), '');
    try {
      const { code, report } = await doctor({
        REELWAY_PORT: String((server.address() as AddressInfo).port),
        REELWAY_STORAGE: 'file:./file',
      });
      expect(code).toBe(1);
      expect(finding(report, 'port')).toMatchObject({ status: 'problem', code: 'port_in_use' });
      expect(finding(report, 'storage')).toMatchObject({ status: 'problem', code: 'storage_forbidden' });
    } finally {
      server.close();
    }
  });
});
