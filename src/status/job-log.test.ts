import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createDataFolder, type TestDataFolder } from '../../test/support/embedded-data-folder.js';
import { createDatabase } from '../../test/support/postgres.js';
import { requires } from '../../test/support/requires.js';
import { logControl, openLog } from '../log.js';
import { openEngine } from '../workflow/engine-fixture.case.js';
import { debugMode, followDebugMode } from './debug-mode.js';
import { startJobLogWriter } from './job-log-writer.js';
import { jobLog } from './job-log.js';

interface Place extends Pick<TestDataFolder, 'dataFolder' | 'remove'> {
  readonly databaseUrl?: string;
}

function contract(createPlace: () => Promise<Place>) {
  let place: Place;
  let opened: Awaited<ReturnType<typeof openEngine>>;
  beforeAll(async () => {
    place = await createPlace();
    opened = await openEngine({ ...place, workflows: [] });
    await opened.database.pool.query(`
      INSERT INTO dbos.workflow_status (workflow_uuid, name, status, parent_workflow_id, completed_at)
      VALUES ('asset:a', 'package-asset', 'SUCCESS', NULL, 1), ('asset:a:hls', 'package-endpoint', 'SUCCESS', 'asset:a', 1),
        ('recording:u1', 'ingest-recording', 'PENDING', NULL, NULL), ('recording:other', 'ingest-recording', 'PENDING', NULL, NULL)`);
    await opened.database.pool.query(`
      INSERT INTO reelway.recording (uuid, account_id, meeting_id, start_time, snapshot, presence, created_at, updated_at)
      VALUES ('u1', 'account', '93812345678', 0, '{}', 'present', 0, 0);
      INSERT INTO reelway.ingest (tracking_id, uuid, origin, status, job_id, created_at, updated_at)
      VALUES ('t1', 'u1', 'webhook', 'WEBHOOK_RECEIVED', 'recording:u1', 0, 0)`);
  });
  afterAll(async () => {
    await opened.close();
    await place.remove();
  });

  /** A log whose lines of jobs go to the database; `flushed` when they are there. */
  function writtenLog() {
    const log = openLog({ level: 'silent' });
    const writer = startJobLogWriter({
      tables: opened.database.tables,
      subscribe: (listener) => logControl(log).onJobLine(listener),
      everyMs: 10,
    });
    onTestFinished(() => writer.stop());
    return { log, flushed: () => writer.stop() };
  }
  const read = (id: string, after = 0, limit = 500) => jobLog(opened.database.tables).read(id, { after, limit });
  const said = async (id: string) =>
    (await read(id))?.lines.map(({ line }) => (JSON.parse(line) as { msg: string }).msg);

  it('of a job, those below it, an asset or a meeting is what the log said, in order and without secrets', async () => {
    const { log, flushed } = writtenLog();
    log.info({ job: 'asset:a' }, 'one');
    log.info({ job: 'asset:a:hls', token: 'hunter2', headers: { authorization: 'Bearer hunter2' } }, 'two');
    log.info({ job: 'recording:u1', reason: 'a NUL: \0' }, 'three');
    log.info({ job: 'recording:other' }, 'other');
    await flushed();
    expect(await said('asset:a')).toEqual(['one', 'two']);
    expect(await said('a')).toEqual(['one', 'two']);
    expect(await said('asset:a:hls')).toEqual(['two']);
    for (const id of ['recording:u1', 'u1', '93812345678', '938 1234-5678']) expect(await said(id)).toEqual(['three']);
    expect(await read('nothing')).toBeUndefined();
    expect((await read('a'))?.ended).toBe(true);
    expect((await read('u1'))?.ended).toBe(false);
    const { rows } = await opened.database.pool.query<{ line: string }>('SELECT line FROM reelway.job_log');
    expect(rows.map(({ line }) => line).join()).toContain('***');
    expect(rows.map(({ line }) => line).join()).not.toContain('hunter2');
  });

  it('is read on from where a reader was', async () => {
    const first = await read('a', 0, 1);
    expect(first).toMatchObject({ ended: false, lines: [{ job: 'asset:a' }] });
    const rest = await read('a', first?.lines[0]?.sequence);
    expect(rest).toMatchObject({ ended: true, lines: [{ job: 'asset:a:hls' }] });
  });

  it('goes on for a moment after the end: what a process says last is written later', async () => {
    const { pool } = opened.database;
    const setEnd = (msAgo: number) =>
      pool.query(
        `UPDATE dbos.workflow_status SET completed_at = extract(epoch FROM clock_timestamp()) * 1000 - $1 WHERE workflow_uuid = 'asset:a'`,
        [msAgo],
      );
    await setEnd(0);
    expect((await read('a'))?.ended).toBe(false);
    await setEnd(60_000);
    expect((await read('a'))?.ended).toBe(true);
  });

  it('holds the newest lines of a job that says too much, and of a long one what it says', async () => {
    const { log, flushed } = writtenLog();
    for (let n = 1; n <= 3000; n++) log.info({ job: 'recording:other', n }, 'again');
    log.info({ job: 'recording:other', body: 'x'.repeat(20_000) }, 'long');
    await flushed();
    const { rows } = await opened.database.pool.query<{ line: string }>(
      `SELECT line FROM reelway.job_log WHERE job_id = 'recording:other' ORDER BY sequence`,
    );
    expect(rows.length).toBeGreaterThanOrEqual(1000);
    expect(rows.length).toBeLessThanOrEqual(1500);
    expect(JSON.parse(rows.at(-1)!.line)).toEqual(
      expect.objectContaining({ job: 'recording:other', msg: 'long' }) as object,
    );
    expect(rows.at(-1)!.line.length).toBeLessThan(500);
    expect(JSON.parse(rows.at(-2)!.line)).toMatchObject({ n: 3000 });
  });

  it('says everything in every process while debug is on, which ends by itself', async () => {
    const mode = debugMode(opened.database.tables);
    const states = [0, 1].map(() => {
      const log = openLog({ level: 'info', to: { write: () => {} } });
      const following = followDebugMode(mode, (on) => logControl(log).debug(on), 20);
      onTestFinished(() => following.stop());
      return log;
    });
    const all = (level: string) =>
      vi.waitFor(() => expect(states.map((log) => log.level)).toEqual([level, level]), {
        timeout: 30_000,
        interval: 10,
      });
    expect(await mode.until()).toBeUndefined();
    await mode.on(60_000);
    await all('debug');
    expect(await mode.until()).toBeGreaterThan(Date.now() + 30_000);
    await mode.off();
    await all('info');
    await mode.on(300);
    await all('debug');
    await all('info');
    expect(await mode.until()).toBeUndefined();
  });
}

describe('the log of jobs in an embedded database', () => contract(createDataFolder));

describe.runIf(requires('postgres'))('the log of jobs in a PostgreSQL server', () =>
  contract(async () => {
    const [folder, database] = await Promise.all([createDataFolder(), createDatabase()]);
    return {
      dataFolder: folder.dataFolder,
      databaseUrl: database.url,
      remove: async () => void (await Promise.all([database.drop(), folder.remove()])),
    };
  }),
);

it('a log that others opened is left alone', () => {
  const log = pino({ level: 'silent' });
  logControl(log).debug(true);
  expect(log.level).toBe('silent');
});
