import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../../src/cli/serve.js';
import { readConfig } from '../../src/config/config.js';
import { createDataFolder } from '../support/embedded-data-folder.js';
import { projectRoot, reelway, type CommandResult } from '../support/reelway.js';

let folder: string;
let environment: Record<string, string>;
let server: RunningServer | undefined;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'reelway-batch-'));
  environment = {
    REELWAY_DATA_DIR: path.join(folder, 'data'),
    REELWAY_STORAGE: `file:${path.join(folder, 'media')}`,
    REELWAY_PORT: '0',
    REELWAY_API_TOKENS: 'tests:a-secret-of-the-tests-of-batches',
  };
  await rename((await createDataFolder()).dataFolder, environment.REELWAY_DATA_DIR!);
  await cp(path.join(projectRoot, 'examples/sample/180p'), path.join(folder, 'sample'), { recursive: true });
  await writeFile(
    path.join(folder, 'group.json'),
    JSON.stringify([{ Id: 'cmaf', CmafPackage: { HlsManifests: [{}] } }]),
  );
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The source is relative to where the command runs. */
function lineOf(id: string, source = 'sample/index.m3u8'): string {
  return JSON.stringify({ id, packagingGroupId: 'tests', source, destination: { path: 'vod' } });
}

async function batch(list: string, ...more: string[]): Promise<CommandResult & { summary: object }> {
  const parameters = ['vod', 'run', '--batch', list, '--group', 'group.json', '--json', ...more];
  const result = await reelway(parameters, { cwd: folder, env: environment });
  const told = JSON.parse(result.stdout) as { details?: object };
  return { ...result, summary: told.details ?? told };
}

async function failuresOf(
  list: string,
): Promise<{ id?: string; given?: string; failure: { line: number; code: string } }[]> {
  const lines = (await readFile(path.join(folder, `${list}.failed.jsonl`), 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Awaited<ReturnType<typeof failuresOf>>[number]);
}

describe('a batch', () => {
  it('makes what can be made, reports every other line by its number, and its failures are the next batch', async () => {
    const lines = [
      lineOf('one'),
      'no JSON',
      '',
      '{"id":"no source"}',
      lineOf('late', 'later/index.m3u8'),
      lineOf('two'),
    ];
    await writeFile(path.join(folder, 'list'), lines.join('\n'));
    const first = await batch('list');
    expect(first.code).toBe(1);
    expect(first.summary).toMatchObject({ requests: 5, done: 2, failed: 3 });
    expect(first.stderr).toContain('line 2: the line is no JSON');
    const failed = await failuresOf('list');
    expect(failed.map(({ failure }) => [failure.line, failure.code])).toEqual([
      [2, 'invalid_request'],
      [4, 'invalid_request'],
      [5, 'endpoints_failed'],
    ]);
    expect(failed[0]!.given).toBe('no JSON');

    await cp(path.join(folder, 'sample'), path.join(folder, 'later'), { recursive: true });
    const second = await batch('list.failed.jsonl');
    expect(second.summary).toMatchObject({ requests: 3, done: 1, failed: 2 });
    expect(
      JSON.parse(await readFile(path.join(folder, 'media/vod/late/cmaf/.reelway/inventory.json'), 'utf8')),
    ).toBeTruthy();
  });

  it('that is killed half-way and fed again makes what is left, and each asset once', async () => {
    const ids = Array.from({ length: 8 }, (_, n) => `killed-${n}`);
    await writeFile(path.join(folder, 'killed'), ids.map((id) => lineOf(id)).join('\n'));
    const inventory = (id: string) => path.join(folder, 'media/vod', id, 'cmaf/.reelway/inventory.json');
    const made = () => ids.filter((id) => existsSync(inventory(id)));
    const parameters = ['vod', 'run', '--batch', 'killed', '--group', 'group.json', '--at-once', '2'];
    const child = spawn(process.execPath, [path.join(projectRoot, 'bin/reelway.js'), ...parameters], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', ...environment },
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    await expect.poll(() => made().length, { interval: 5, timeout: 60_000 }).toBeGreaterThan(2);
    child.kill('SIGKILL');
    await ended;
    const before = made();
    expect(before.length).toBeLessThan(ids.length);
    const times = await Promise.all(before.map(async (id) => (await stat(inventory(id))).mtimeMs));

    expect((await batch('killed')).summary).toEqual({ requests: 8, done: 8, failed: 0 });
    expect(made()).toEqual(ids);
    // What was complete was left as it was.
    expect(await Promise.all(before.map(async (id) => (await stat(inventory(id))).mtimeMs))).toEqual(times);
  });

  it('is handed to the server that runs, leaves alone what is made unless told otherwise, and has few under way if told so', async () => {
    server = await startServer({ config: readConfig(environment), environment }, pino({ level: 'silent' }));
    const { jobs } = server.services.engine;
    await writeFile(path.join(folder, 'again'), [lineOf('one'), lineOf('three'), lineOf('four')].join('\n'));
    const { code, summary } = await batch('again', '--at-once', '1', '--urgency', 'sweep');
    expect([code, summary]).toEqual([0, { requests: 3, done: 3, failed: 0 }]);
    expect((await jobs.find('asset:one')).attempt).toBe(1);
    const [three, four] = [await jobs.find('asset:three'), await jobs.find('asset:four')];
    expect(Date.parse(four.createdAt)).toBeGreaterThanOrEqual(Date.parse(three.endedAt!));
    expect((await batch('again', '--again')).code).toBe(0);
    expect((await jobs.find('asset:one')).attempt).toBe(2);
  });
});
