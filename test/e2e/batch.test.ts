import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startServer, type RunningServer } from '../../src/cli/serve.js';
import { readConfig } from '../../src/config/config.js';
import { createDataFolder } from '../support/embedded-data-folder.js';
import { itLong } from '../support/it-long.js';
import { createDatabase } from '../support/postgres.js';
import { projectRoot, reelway, type CommandResult } from '../support/reelway.js';
import { requires } from '../support/requires.js';

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

/** @param options of the command, and settings in addition to those of all */
async function batch(
  list: string,
  { options = [], more = {} }: { options?: readonly string[]; more?: Record<string, string> } = {},
): Promise<CommandResult & { summary: object }> {
  const parameters = ['vod', 'run', '--batch', list, '--group', 'group.json', '--json', ...options];
  const result = await reelway(parameters, { cwd: folder, env: { ...environment, ...more } });
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
    const refused = await reelway(['vod', 'run', '--batch', 'list', '--failures', 'none/failed'], {
      ...{ cwd: folder, env: environment },
    });
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('none/failed cannot be written')]);

    await cp(path.join(folder, 'sample'), path.join(folder, 'later'), { recursive: true });
    const second = await batch('list.failed.jsonl');
    expect(second.summary).toMatchObject({ requests: 3, done: 1, failed: 2 });
    expect(
      JSON.parse(await readFile(path.join(folder, 'media/vod/late/cmaf/.reelway/inventory.json'), 'utf8')),
    ).toBeTruthy();
  });

  const killed = 'that is killed half-way and fed again makes what is left, and each asset once';
  itLong(killed, () => killHalfWay('killed', {}));
  it.runIf(requires('postgres'))(`${killed}, on PostgreSQL`, async () => {
    const database = await createDatabase();
    onTestFinished(() => database.drop());
    await killHalfWay('killed-on-server', { DATABASE_URL: database.url });
  });

  /** @param list its name, which its assets' begin with */
  async function killHalfWay(list: string, more: Record<string, string>): Promise<void> {
    const ids = Array.from({ length: 8 }, (_, n) => `${list}-${n}`);
    await writeFile(path.join(folder, list), ids.map((id) => lineOf(id)).join('\n'));
    const inventory = (id: string) => path.join(folder, 'media/vod', id, 'cmaf/.reelway/inventory.json');
    const made = () => ids.filter((id) => existsSync(inventory(id)));
    const parameters = ['vod', 'run', '--batch', list, '--group', 'group.json', '--at-once', '2'];
    const child = spawn(process.execPath, [path.join(projectRoot, 'bin/reelway.js'), ...parameters], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', ...environment, ...more },
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    await expect.poll(() => made().length, { interval: 5, timeout: 60_000 }).toBeGreaterThan(2);
    child.kill('SIGKILL');
    await ended;
    const before = made();
    expect(before.length).toBeLessThan(ids.length);
    const times = await Promise.all(before.map(async (id) => (await stat(inventory(id))).mtimeMs));

    expect((await batch(list, { more })).summary).toEqual({ requests: 8, done: 8, failed: 0 });
    expect(made()).toEqual(ids);
    // What was complete was left as it was.
    expect(await Promise.all(before.map(async (id) => (await stat(inventory(id))).mtimeMs))).toEqual(times);
  }

  it('is handed to the server that runs, leaves alone what is made unless told otherwise, and has few under way if told so', async () => {
    server = await startServer({ config: readConfig(environment), environment }, pino({ level: 'silent' }));
    const { jobs } = server.services.engine;
    await writeFile(path.join(folder, 'again'), [lineOf('one'), lineOf('three'), lineOf('four')].join('\n'));
    const { code, summary } = await batch('again', { options: ['--at-once', '1', '--urgency', 'sweep'] });
    expect([code, summary]).toEqual([0, { requests: 3, done: 3, failed: 0 }]);
    expect((await jobs.find('asset:one')).attempt).toBe(1);
    const [three, four] = [await jobs.find('asset:three'), await jobs.find('asset:four')];
    expect(Date.parse(four.createdAt)).toBeGreaterThanOrEqual(Date.parse(three.endedAt!));
    expect((await batch('again', { options: ['--again'] })).code).toBe(0);
    expect((await jobs.find('asset:one')).attempt).toBe(2);
  });
});
