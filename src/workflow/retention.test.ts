import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataFolder } from '../../test/support/embedded-data-folder.js';
import { writeFinishedJobs } from '../../test/support/finished-jobs.js';
import { createDatabase } from '../../test/support/postgres.js';
import { requires } from '../../test/support/requires.js';
import { cleanUp, startCleanUp } from '../status/clean-up.js';
import { jobHistory } from '../status/job-history.js';
import { openEngine, openGate, stageWorkflows, type Stage } from './engine-fixture.case.js';

const day = 86_400_000;
const log = pino({ level: 'silent' });
const signal = new AbortController().signal;

interface Place {
  readonly dataFolder: string;
  readonly databaseUrl?: string;
  remove(): Promise<void>;
}

function history(kind: 'embedded' | 'server', createPlace: () => Promise<Place>) {
  let place: Place;
  let stage: Stage;
  let opened: Awaited<ReturnType<typeof openEngine>>;
  let workflows: ReturnType<typeof stageWorkflows>;
  beforeAll(async () => {
    place = await createPlace();
    stage = { folder: await mkdtemp(path.join(tmpdir(), 'reelway-stage-')) };
    workflows = stageWorkflows(stage);
    opened = await openEngine({ ...place, workflows: Object.values(workflows) });
  });
  afterAll(async () => {
    await opened.close();
    await place.remove();
    await rm(stage.folder, { recursive: true });
  });

  const now = () => Date.now();
  const options = (keep = { jobs: 30, failedJobs: 365, events: 30 }) => ({
    history: jobHistory(opened.database.tables),
    ...{ keep, log, vacuums: kind === 'embedded' },
  });
  const count = async (query: string) =>
    Number((await opened.database.pool.query<{ count: string }>(`SELECT count(*) FROM ${query}`)).rows[0]?.count);

  it('of jobs that ended long ago goes with everything that belongs to them; younger, failed and running ones stay', async () => {
    const { engine, database } = opened;
    await writeFinishedJobs(database.pool, { families: 300, from: now() - 60 * day, until: now() - 40 * day });
    await writeFinishedJobs(database.pool, {
      ...{ families: 10, from: now() - 20 * day, until: now() - 10 * day, prefix: 'young' },
    });
    await engine.submit(workflows.crowd, 'crowd:running', { key: 'running', gate: 'running' });
    // 15 of the 300 assets have failed; they and the endpoints below them stay, their notices have ended well.
    expect(await cleanUp(options(), signal)).toEqual({ jobs: 300 * 4 - 15 * 3, events: 0 });
    expect(await count(`dbos.workflow_status WHERE workflow_uuid LIKE 'old%'`)).toBe(45);
    expect(await count(`dbos.workflow_status WHERE workflow_uuid LIKE 'young%'`)).toBe(40);
    expect(await engine.jobs.find('crowd:running')).toMatchObject({ status: expect.stringMatching(/queued|running/) });
    openGate(stage, 'running');
    await engine.result('crowd:running');
  });

  it('of failed jobs goes when they are dismissed, or after its own time', async () => {
    const { jobs } = opened.engine;
    await jobs.dismiss('old20');
    expect(await cleanUp(options(), signal)).toEqual({ jobs: 3, events: 0 });
    expect(await cleanUp(options({ jobs: 30, failedJobs: 39, events: 30 }), signal)).toEqual({ jobs: 42, events: 0 });
    expect(await jobs.find('young10')).toBeDefined();
  }, 30_000);

  it('leaves nothing behind in any table that names a job', async () => {
    expect(await cleanUp(options({ jobs: 1, failedJobs: 1, events: 1 }), signal)).toMatchObject({ jobs: 40 });
    const { rows } = await opened.database.pool.query<{ table: string; column: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS "table", column_name AS "column" FROM information_schema.columns
       WHERE (table_schema = 'dbos' AND column_name IN ('workflow_uuid', 'destination_uuid')) OR (table_schema = 'reelway' AND column_name = 'job_id')`,
    );
    expect(rows.length).toBeGreaterThanOrEqual(12);
    for (const { table, column } of rows)
      expect([table, await count(`${table} WHERE ${column} ~ '^(old|young)'`)]).toEqual([table, 0]);
  });

  it('does not go while one of the family is at work again', async () => {
    const { engine, database } = opened;
    await engine.submit(workflows.family, 'family:again', {
      key: 'again',
      children: [{ key: 'again1', code: 'source_invalid', failures: 1 }],
    });
    await engine.result('family:again').catch(() => undefined);
    await database.pool.query(`UPDATE dbos.workflow_status SET completed_at = 1 WHERE workflow_uuid = 'family:again'`);
    expect(await cleanUp(options({ jobs: 1, failedJobs: 1, events: 1 }), signal)).toMatchObject({ jobs: 0 });
    expect(await engine.jobs.find('family:again:again1')).toBeDefined();
  });

  it('of handled webhooks goes after its time; those that wait stay', async () => {
    await opened.database.pool.query(
      `INSERT INTO reelway.zoom_event (key, event, body, received_at, handled_at)
       SELECT 'e' || n, 'recording.completed', '{}', $1::float8, CASE WHEN n % 10 = 0 THEN NULL ELSE $1::float8 END FROM generate_series(1, 1000) AS s (n)`,
      [now() - 40 * day],
    );
    expect(await cleanUp(options(), signal)).toMatchObject({ events: 900 });
    expect(await count('reelway.zoom_event')).toBe(100);
  });

  it('is removed by itself, by one process at a time', async () => {
    await writeFinishedJobs(opened.database.pool, {
      families: 1,
      from: now() - 60 * day,
      until: now() - 50 * day,
      prefix: 'timed',
    });
    let tidied = 0;
    const daily = [() => Promise.resolve(void (tidied += 1))];
    const one = { ...options(), tables: opened.database.tables, daily, lookMs: 20, everyMs: 600_000 };
    const cleaners = [startCleanUp(one), startCleanUp(one)];
    await expect
      .poll(() => count(`dbos.workflow_status WHERE workflow_uuid LIKE 'timed%'`), { timeout: 10_000 })
      .toBe(0);
    await writeFinishedJobs(opened.database.pool, {
      families: 1,
      from: now() - 60 * day,
      until: now() - 50 * day,
      prefix: 'later',
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (const cleaner of cleaners) await cleaner.stop();
    expect(tidied).toBe(1);
    // The next clean-up is due in ten minutes.
    expect(await count(`dbos.workflow_status WHERE workflow_uuid LIKE 'later%'`)).toBe(4);
  });
}

describe('history on the embedded database', () => {
  history('embedded', createDataFolder);
});

describe.runIf(requires('postgres'))('history on a PostgreSQL server', () => {
  history('server', async () => {
    const database = await createDatabase();
    const dataFolder = await mkdtemp(path.join(tmpdir(), 'reelway-data-'));
    return {
      ...{ dataFolder, databaseUrl: database.url },
      async remove() {
        await database.drop();
        await rm(dataFolder, { recursive: true });
      },
    };
  });
});
