import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDataFolder } from '../../test/support/embedded-data-folder.js';
import { itLong } from '../../test/support/it-long.js';
import { projectRoot, reelway } from '../../test/support/reelway.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelway-serve-'));
  // A database that is made already: the first start would take many seconds for it.
  for (const name of ['data', 'demo']) await rename((await createDataFolder()).dataFolder, join(folder, name));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('reelway demo --exit', () => {
  itLong(
    'packages the sample, brings a recording into Opencast, is told of both, and ends with 0; again, it verifies what is there',
    async () => {
      const first = await reelway(['demo', '--exit'], { env: { REELWAY_DATA_DIR: folder } });
      expect(first).toMatchObject({ code: 0 });
      expect(first.stdout).toMatch(
        /cmaf: packaged.*dash: packaged.*Notice received: Asset sample is ready.*All verified/s,
      );
      const second = await reelway(['demo', '--exit'], { env: { REELWAY_DATA_DIR: folder } });
      expect(second).toMatchObject({ code: 0 });
      expect(second.stdout).toMatch(/cmaf: complete from an earlier run.*dash: complete from an earlier run/s);
      for (const { stdout } of [first, second]) {
        expect(stdout).toMatch(
          /webhook answered 200\nOpencast: event \S+ of the series "Moving pictures 101", 1 track, .* succeeded/,
        );
        expect(stdout).toMatch(/Notice received: Recording "Moving pictures 101" of \S+ is in Opencast\nAll verified/);
      }
    },
  );
});

describe('reelway serve', () => {
  let server: ChildProcess;
  let output = '';
  let url = '';
  let token = '';
  const env = { REELWAY_PORT: '0', LOG_LEVEL: 'warn' };

  beforeAll(async () => {
    server = spawn(process.execPath, [join(projectRoot, 'bin/reelway.js'), 'serve'], {
      cwd: projectRoot,
      env: { PATH: process.env.PATH, REELWAY_DATA_DIR: join(folder, 'data'), ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    server.stdout?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    await vi.waitFor(() => expect(output).toMatch(/shown this once: \S+\n/), { timeout: 60_000 });
    url = /ready: (\S+)/.exec(output)?.[1] ?? '';
    token = /shown this once: (\S+)/.exec(output)?.[1] ?? '';
  });
  afterAll(() => server.kill('SIGKILL'));

  const run = (...parameters: string[]) =>
    reelway(parameters, { env: { REELWAY_DATA_DIR: join(folder, 'data'), ...env } });

  it('prints a token at the first start that opens the API', async () => {
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await fetch(`${url}/api/assets`)).status).toBe(401);
    const answer = await fetch(`${url}/api/assets`, { headers: { authorization: `Bearer ${token}` } });
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 200,
      body: { assets: [], next: null },
    });
  });

  it('does the work of `reelway vod run` for its data folder, and plays what came of it', async () => {
    const parameters = ['examples/create-asset-request.json', '--group', 'examples/packaging-group.json', '--json'];
    const { code, stdout, stderr } = await run('vod', 'run', ...parameters);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining(`The server at ${url} does the work`),
    });
    const { job, endpoints } = JSON.parse(stdout) as { job: string; endpoints: { playbackUrls: string[] }[] };
    expect(job).toBe('asset:sample-lecture');
    const urls = endpoints.flatMap(({ playbackUrls }) => playbackUrls);
    expect(urls).toHaveLength(2);
    for (const playback of urls) expect((await fetch(playback)).status).toBe(200);
  });

  it('answers a wrong request of `reelway vod run` with the field, the code and 1', async () => {
    const { code, stdout } = await run('vod', 'run', 'examples/packaging-group.json', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'invalid_request', status: 400 });
  });

  it('refuses a second server on its data folder, and another one on its port', async () => {
    const second = await run('serve');
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/^error: .* in use by process \d+.* \[data_folder_in_use\]/);
    const { port } = new URL(url);
    const other = await reelway(['serve', '--port', port], { env: { REELWAY_DATA_DIR: join(folder, 'demo') } });
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/^error: Port \d+ .* \[port_in_use\]/);
    expect(second.stderr + other.stderr).not.toMatch(/\n\s+at /);
  });

  it('stops at SIGTERM with 0 and lets go of the data folder', async () => {
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(existsSync(join(folder, 'data/lock/server.json'))).toBe(false);
    const { code, stdout } = await run('doctor');
    expect(code).toBe(0);
    expect(stdout).not.toContain('in use by process');
  });
});
