import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, cp, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDataFolder, type TestDataFolder } from '../support/embedded-data-folder.js';
import { itLong } from '../support/it-long.js';
import { createDatabase } from '../support/postgres.js';
import { postgresBinaries } from '../support/provision.js';
import { projectRoot, reelway } from '../support/reelway.js';
import { requires } from '../support/requires.js';

const secret = 'a-secret-of-the-tests-of-backups';
let place: TestDataFolder;
let folder: string;
let servers: ChildProcess[];
beforeEach(async () => {
  place = await createDataFolder();
  folder = await mkdtemp(path.join(tmpdir(), 'reelway-backup-'));
  servers = [];
});
afterEach(async () => {
  for (const server of servers) server.kill('SIGKILL');
  await place.remove();
  await rm(folder, { recursive: true, force: true });
});

const at = (name: string) => path.join(folder, name);

function environment(dataFolder: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    REELWAY_DATA_DIR: dataFolder,
    REELWAY_STORAGE: `file:${at('media')}`,
    REELWAY_PORT: '0',
    REELWAY_API_TOKENS: `tests:${secret}`,
    LOG_LEVEL: 'error',
    ...more,
  };
}

async function serve(env: Record<string, string>): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [path.join(projectRoot, 'bin/reelway.js'), 'serve'], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  servers.push(child);
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await vi.waitFor(() => expect(said).toMatch(/ready: \S+/), { timeout: 60_000 });
  return { url: /ready: (\S+)/.exec(said)?.[1] ?? '', child };
}

async function submit(url: string, id: string): Promise<void> {
  const answer = await fetch(`${url}/api/assets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ id, packagingGroupId: 'tests', destination: { path: 'vod' } },
      source: path.join(projectRoot, 'examples/sample/index.m3u8'),
      packagingGroup: [{ Id: 'cmaf', CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } }],
    }),
  });
  expect(answer.status).toBe(202);
}

async function statusOf(id: string, env: Record<string, string>): Promise<string> {
  const { stdout } = await reelway(['jobs', 'show', id, '--json'], { env });
  return (JSON.parse(stdout) as { status: string }).status;
}
/** Asked of the server: a command for each look would take longer than the job. */
const untilDone = (url: string, id: string) =>
  expect
    .poll(
      async () => {
        const headers = { authorization: `Bearer ${secret}` };
        const answer = await fetch(`${url}/api/jobs/${encodeURIComponent(id)}`, { headers });
        return ((await answer.json()) as { status: string }).status;
      },
      { timeout: 60_000, interval: 100 },
    )
    .toBe('done');

async function stopped({ child }: { child: ChildProcess }): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

describe('`reelway backup` and `reelway restore`', () => {
  it('take everything along from a server at work: what was done is known, what was under way goes on', async () => {
    const env = environment(place.dataFolder);
    const first = await serve(env);
    await submit(first.url, 'done');
    await untilDone(first.url, 'asset:done');
    await Promise.all(Array.from({ length: 6 }, (_, n) => submit(first.url, `begun-${n}`)));
    const backup = await reelway(['backup', at('backup'), '--json'], { env });
    expect(backup).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(backup.stdout)).toMatchObject({ folder: at('backup'), database: 'embedded' });
    expect(await readdir(path.join(place.dataFolder, 'snapshots'))).toEqual([]);
    // It goes on as if nothing had been.
    await untilDone(first.url, 'asset:begun-5');
    await stopped(first);

    await rm(at('media'), { recursive: true });
    const elsewhere = environment(at('data'));
    expect(await reelway(['restore', at('backup')], { env: elsewhere })).toMatchObject({ code: 0 });
    const second = await serve(elsewhere);
    expect(await statusOf('asset:done', elsewhere)).toBe('done');
    for (let n = 0; n < 6; n++) await untilDone(second.url, `asset:begun-${n}`);
    await stopped(second);
  }, 180_000);

  itLong(
    'refuse a folder that holds something, a backup that is not whole, and half a restore',
    async () => {
      const env = environment(place.dataFolder);
      expect(await reelway(['backup', at('backup')], { env })).toMatchObject({ code: 0 });
      const again = await reelway(['backup', at('backup')], { env });
      expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('[destination_occupied]') as string });
      const occupied = await reelway(['restore', at('backup')], { env });
      expect(occupied).toMatchObject({ code: 1, stderr: expect.stringContaining('[destination_occupied]') as string });

      const empty = environment(at('data'));
      const damage: [string, (copy: string) => Promise<void>][] = [
        ['has no backup.json', (copy) => rm(path.join(copy, 'backup.json'))],
        ['is missing', (copy) => rm(path.join(copy, 'database/PG_VERSION'))],
        ['is not what was backed up', (copy) => appendFile(path.join(copy, 'database/PG_VERSION'), 'x')],
        ['is not one that this version', (copy) => writeFile(path.join(copy, 'backup.json'), '{"version":2}')],
      ];
      for (const [reason, spoil] of damage) {
        await cp(at('backup'), at('copy'), { recursive: true });
        await spoil(at('copy'));
        const { code, stderr } = await reelway(['restore', at('copy')], { env: empty });
        expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(reason) as string });
        expect(stderr).toContain('[backup_damaged]');
        await expect(stat(at('data'))).rejects.toThrow('ENOENT');
        await rm(at('copy'), { recursive: true });
      }

      // Killed in the middle.
      await cp(path.join(at('backup'), 'database'), path.join(at('data'), 'database'), { recursive: true });
      await rm(path.join(at('data'), 'database/base'), { recursive: true });
      await writeFile(path.join(at('data'), 'restoring'), '');
      const served = await reelway(['serve'], { env: empty });
      expect(served).toMatchObject({ code: 1, stderr: expect.stringContaining('[restore_unfinished]') as string });
      expect(await reelway(['restore', at('backup')], { env: empty })).toMatchObject({ code: 0 });
      const { code, stdout } = await reelway(['jobs', 'list', '--json'], { env: empty });
      expect({ code, jobs: JSON.parse(stdout) as unknown }).toMatchObject({ code: 0, jobs: { jobs: [] } });
    },
    120_000,
  );

  it.runIf(requires('postgres'))(
    'dump a PostgreSQL server at work and restore it into an empty database',
    async () => {
      const [source, target] = await Promise.all([createDatabase(), createDatabase()]);
      const programs = { PATH: `${postgresBinaries() ?? ''}:${process.env.PATH ?? ''}` };
      const env = environment(place.dataFolder, { DATABASE_URL: source.url, ...programs });
      const server = await serve(env);
      await submit(server.url, 'done');
      await untilDone(server.url, 'asset:done');
      expect(await reelway(['backup', at('backup')], { env })).toMatchObject({ code: 0, stderr: '' });
      await stopped(server);

      const elsewhere = environment(at('data'), { DATABASE_URL: target.url, ...programs });
      const wrong = await reelway(['restore', at('backup')], { env: environment(at('data')) });
      expect(wrong).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/DATABASE_URL has to name an empty/) as string,
      });
      expect(await reelway(['restore', at('backup')], { env: elsewhere })).toMatchObject({ code: 0 });
      expect(await statusOf('asset:done', elsewhere)).toBe('done');
      const full = await reelway(['restore', at('backup')], {
        env: environment(at('other'), { DATABASE_URL: target.url, ...programs }),
      });
      expect(full).toMatchObject({ code: 1, stderr: expect.stringMatching(/pg_restore.*already exists/s) as string });
      await source.drop();
      await target.drop();
    },
    120_000,
  );
});
