import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

async function reelway(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number, out, err };
}

describe('the command line', () => {
  it('prints the version of package.json and ends with 0', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await reelway('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  it.each([['--nonsense'], ['nonsense']])(
    'answers wrong usage with a line that says so, the way to help, and 2: %s',
    async (...args) => {
      const { code, out, err } = await reelway(...args);
      expect(code).toBe(2);
      expect(out).toBe('');
      expect(err).toMatch(/^error: .*nonsense/);
      expect(err).toContain('See `reelway --help`.');
    },
  );

  it('lists what there is in --help and ends with 0', async () => {
    const { code, out } = await reelway('--help');
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: reelway/);
    expect(out).toContain('Exit code: 0 done, 1 failed, 2 wrong usage');
  });
});
