import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Inventory } from '../../src/domain/inventory.js';
import { cuttableLink } from '../support/cuttable-link.js';
import { longTests } from '../support/extent.js';
import { ffmpeg } from '../support/ffmpeg.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { projectRoot, reelway, runningReelway } from '../support/reelway.js';
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
  const commands = runningReelway();
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
    commands.kill();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (command: string, ready: RegExp, more: Record<string, string> = {}) =>
    commands.start(command, ready, { ...env, ...more });

  it('finishes what a server had accepted before it was killed, counts it, and stops at SIGTERM with 0', async () => {
    const worker = await start('worker', /is ready\. Its metrics: (\S+)/, { REELWAY_WORKER_METRICS_PORT: '0' });
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

    await expect.poll(() => statusOf('asset:left'), { timeout: 60_000, interval: 500 }).toBe('done');
    const metrics = await fetch(worker.said, { headers: { authorization: `Bearer ${secret}` } });
    expect(await metrics.text()).toContain('reelway_jobs_ended_total{kind="package-asset",status="done"} 1');

    const ended = once(worker.child, 'exit');
    worker.child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it.each([
    ['worker', /is ready/],
    ['serve', /ready: (\S+)/],
  ])('`reelway %s` stops at SIGTERM with 0 while the database is away', async (command, ready) => {
    const url = new URL(database.url);
    const link = await cuttableLink({ host: url.hostname, port: Number(url.port || 5432) });
    url.host = `127.0.0.1:${link.port}`;
    const { child } = await commands.start(command, ready, { ...env, DATABASE_URL: url.href });
    await link.close();
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it.runIf(longTests && requires('ffmpeg'))(
    'shares a large endpoint with the others, and what one leaves behind when it is killed is made (long)',
    async () => {
      const source = await longSource(path.join(folder, 'long'));
      const workers = [await start('worker', /is ready/), await start('worker', /is ready/)];
      const server = await start('serve', /ready: (\S+)/);
      const answer = await fetch(`${server.said}/api/assets`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          ...{ id: 'long', packagingGroupId: 'tests', destination: { path: 'vod' }, source },
          packagingGroup: [{ Id: 'cmaf', CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } }],
        }),
      });
      expect(answer.status).toBe(202);
      await expect.poll(() => jobsLike('asset:long:cmaf:part:%'), { timeout: 60_000, interval: 20 }).toHaveLength(3);
      workers[0]?.child.kill('SIGKILL');
      await expect.poll(() => statusOf('asset:long'), { timeout: 90_000, interval: 500 }).toBe('done');

      const parts = await jobsLike('asset:long:cmaf:part:%');
      expect(parts.map(({ status }) => status)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
      const at = path.join(folder, 'media/vod/long/cmaf');
      const inventory = JSON.parse(await readFile(path.join(at, '.reelway/inventory.json'), 'utf8')) as Inventory;
      expect(inventory.objects.filter(({ key }) => key.endsWith('.m4s'))).toHaveLength(2 * segments);
      for (const { key, size } of inventory.objects) expect((await stat(path.join(at, key))).size).toBe(size);
    },
  );

  async function statusOf(id: string): Promise<string> {
    const { stdout } = await reelway(['jobs', 'show', id, '--json'], { env });
    return (JSON.parse(stdout) as { status: string }).status;
  }

  async function jobsLike(pattern: string): Promise<{ status: string }[]> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const statement = 'SELECT status FROM dbos.workflow_status WHERE workflow_uuid LIKE $1';
    const { rows } = await client.query<{ status: string }>(statement, [pattern]).finally(() => client.end());
    return rows;
  }
});

/** Segments of a second each: enough for three parts. */
const segments = 320;

async function longSource(at: string): Promise<string> {
  await mkdir(at);
  const picture = `testsrc2=size=64x36:rate=10:duration=${segments}`;
  const sound = `sine=frequency=440:sample_rate=48000:duration=${segments}`;
  await ffmpeg(
    ...['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', sound],
    ...[
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-g',
      '10',
      '-keyint_min',
      '10',
      '-sc_threshold',
      '0',
      '-c:a',
      'aac',
      '-b:a',
      '32k',
    ],
    ...['-f', 'hls', '-hls_time', '1', '-hls_playlist_type', 'vod', path.join(at, 'index.m3u8')],
  );
  return path.join(at, 'index.m3u8');
}
