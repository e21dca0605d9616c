import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { projectRoot, reelway } from '../support/reelway.js';
import { requires } from '../support/requires.js';

describe('`reelway worker` without DATABASE_URL', () => {
  it('says what it needs and ends with 1', async () => {
    const { code, stderr } = await reelway(['worker'], { cwd: tmpdir() });
    expect(code).toBe(1);
    expect(stderr).toMatch(/DATABASE_URL has to name a PostgreSQL server.*\[invalid_settings\]/);
  });
});

describe.runIf(requires('postgres'))('`reelway worker`', () => {
  const secret = 'a-secret-of-the-tests-of-workers';
  const processes: ChildProcess[] = [];
  let database: TestDatabase;
  let folder: string;
  let env: Record<string, string>;
  beforeAll(async () => {
    database = await createDatabase();
    folder = await mkdtemp(path.join(tmpdir(), 'reelway-worker-'));
    env = {
      DATABASE_URL: database.url,
      REELWAY_DATA_DIR: path.join(folder, 'data'),
      REELWAY_STORAGE: `file:${path.join(folder, 'media')}`,
      REELWAY_PORT: '0',
      REELWAY_API_TOKENS: `tests:${secret}`,
      LOG_LEVEL: 'error',
    };
  });
  afterAll(async () => {
    for (const child of processes) child.kill('SIGKILL');
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts a command that stays, and waits for what it says when it is ready. */
  async function start(command: string, ready: RegExp): Promise<{ child: ChildProcess; said: string }> {
    const child = spawn(process.execPath, [path.join(projectRoot, 'bin/reelway.js'), command], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    processes.push(child);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    await vi.waitFor(() => expect(output).toMatch(ready), { timeout: 60_000 });
    return { child, said: ready.exec(output)?.[1] ?? '' };
  }

  it('finishes what a server had accepted before it was killed, and stops at SIGTERM with 0', async () => {
    const worker = await start('worker', /is ready/);
    const server = await start('serve', /ready: (\S+)/);
    const answer = await fetch(`${server.said}/api/assets`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ id: 'left', packagingGroupId: 'tests', destination: { path: 'vod' } },
        source: path.join(projectRoot, 'examples/sample/index.m3u8'),
        packagingGroup: [{ Id: 'cmaf', CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } }],
      }),
    });
    expect(answer.status).toBe(202);
    server.child.kill('SIGKILL');

    await expect
      .poll(
        async () => {
          const { stdout } = await reelway(['jobs', 'show', 'asset:left', '--json'], { env });
          return (JSON.parse(stdout) as { status: string }).status;
        },
        { timeout: 60_000, interval: 500 },
      )
      .toBe('done');

    const ended = once(worker.child, 'exit');
    worker.child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});
