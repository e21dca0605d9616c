import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainedTables } from '../../test/support/explained-tables.js';
import { writeFinishedJobs } from '../../test/support/finished-jobs.js';
import { createDatabase, type TestDatabase } from '../../test/support/postgres.js';
import { requires } from '../../test/support/requires.js';
import { alertTable } from '../status/alert-table.js';
import { jobHistory } from '../status/job-history.js';
import { searchJobs, type JobPlace } from '../status/job-search.js';
import { jobTable } from '../status/job-table.js';
import { queueState } from '../status/queue-watch.js';
import { queueShares } from '../status/queue-shares.js';
import { systemView } from '../status/system-view.js';
import { workerTable } from '../status/worker-table.js';
import { openEngine } from './engine-fixture.case.js';

describe.runIf(requires('postgres'))('with many jobs in the database', () => {
  let database: TestDatabase;
  let folder: string;
  let opened: Awaited<ReturnType<typeof openEngine>>;
  const now = Date.now();
  beforeAll(async () => {
    folder = await mkdtemp(`${tmpdir()}/reelway-lists-`);
    database = await createDatabase();
    opened = await openEngine({ dataFolder: folder, databaseUrl: database.url, workflows: [] });
    await writeFinishedJobs(opened.database.pool, {
      families: 10_000,
      from: now - 90 * 86_400_000,
      until: now - 60_000,
    });
    await opened.database.pool.query('ANALYZE');
  }, 120_000);
  afterAll(async () => {
    await opened.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const at = { createdAt: now - 45 * 86_400_000, id: 'x' };
  const jobs = ['old77', 'old78:hls'];
  const assets = { parent: null, kinds: ['package-asset'] };
  const asked: Record<string, (tables: ReturnType<typeof explainedTables>['tables']) => Promise<unknown>> = {
    'the newest jobs': (tables) => jobTable(tables).list({ parent: null, limit: 51 }),
    'a later page': (tables) => jobTable(tables).list({ parent: null, after: at, limit: 51 }),
    'queued ones': (tables) => jobTable(tables).list({ parent: null, statuses: ['ENQUEUED', 'DELAYED'], limit: 51 }),
    'failed ones': (tables) =>
      jobTable(tables).list({ parent: null, statuses: ['ERROR', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'], limit: 51 }),
    'those that begin next': (tables) => jobTable(tables).next(50),
    'dead letters': (tables) => jobTable(tables).list({ deadLetter: true, limit: 51 }),
    'a kind': (tables) => jobTable(tables).list({ kinds: ['ingest-recording'], limit: 51 }),
    'the children of one': (tables) => jobTable(tables).list({ parent: 'old77', limit: 500 }),
    'a rare text, in any case': async (tables) => {
      const { rows, next } = await jobTable(tables).search('ASSET 77', {
        ...assets,
        after: (await jobTable(tables).find('old7704'))!,
        limit: 20,
      });
      expect(rows.slice(-3).map(({ id }) => id)).toEqual(['old771', 'old770', 'old77']);
      expect([rows.length, next]).toEqual([15, undefined]);
    },
    'a text that all have': async (tables) => {
      const { rows } = await jobTable(tables).search('asset', { ...assets, limit: 3 });
      expect(rows.map(({ id }) => id)).toEqual(['old10000', 'old9999', 'old9998']);
    },
    'a text that old ones have, of a kind and status, after one': async (tables) => {
      const rare = { ...assets, statuses: ['ERROR'], limit: 2 } as const;
      const after = (await jobTable(tables).find('old1140'))!;
      const { rows } = await jobTable(tables).search('old11', { ...rare, after });
      expect(rows.map(({ id }) => id)).toEqual(['old1120', 'old1100']);
    },
    'a text that dead letters have': async (tables) => {
      const { rows } = await jobTable(tables).search('old2', { deadLetter: true, limit: 2 });
      expect(rows.map(({ id }) => id)).toEqual(['old2980', 'old2960']);
    },
    'a text that no job has': async (tables) =>
      expect(await jobTable(tables).search('100%_\\', { parent: null, limit: 3 })).toEqual({ rows: [] }),
    'the beginning of a word': async (tables) => {
      const { rows } = await jobTable(tables).search('D', { parent: 'old77', limit: 3 });
      expect(rows.map(({ id }) => id)).toEqual(['old77:dash']);
      expect(await jobTable(tables).search('zz', { limit: 3 })).toEqual({ rows: [] });
    },
    'one job': (tables) => jobTable(tables).find('old77'),
    'a family': (tables) => jobTable(tables).family('old77'),
    ancestors: (tables) => jobTable(tables).ancestors('old77:hls'),
    'how jobs stand': (tables) => jobTable(tables).statuses(jobs),
    'whose jobs are': (tables) => jobTable(tables).held(jobs.map((jobId) => ({ jobId, owner: 'x' }))),
    'what changed': (tables) => jobTable(tables).changedSince({ time: now - 60_000 }, 500),
    'lost workers': (tables) => workerTable(tables).lost(10_000),
    'jobs of before there were shares': (tables) => jobTable(tables).giveShares('notices'),
    'a turn': (tables) =>
      queueShares(tables).next({ queue: 'endpoints', wanted: new Map([['a', 2]]), first: 0, last: 1000 }),
    'how long jobs wait': async (tables) => expect(await queueState(tables)).toEqual({ waiting: 0, oldestSeconds: 0 }),
    'who refuses notices': async (tables) => expect(await alertTable(tables).refusingTargets()).toEqual([]),
    'failures that nobody was told of': (tables) => alertTable(tables).deadLetters(200, jobs),
    'what was done last': async (tables) =>
      expect(Math.abs((await systemView(tables).lastDone())! - now)).toBeLessThan(3_600_000),
    'what is old': (tables) => jobHistory(tables).forgetJobs({ ended: now - 85 * 86_400_000, failed: 0 }, 50),
  };
  it.each(Object.keys(asked))('%s is found without reading a table from end to end', async (name) => {
    const { tables, readWhole } = explainedTables(opened.database.pool);
    await asked[name]!(tables);
    // Those that stay small are read whole, rightly.
    const large = [
      'workflow_status',
      'operation_outputs',
      'workflow_input',
      'workflow_output',
      'job_step',
      'job_progress',
    ];
    expect([...readWhole].filter((table) => large.includes(table))).toEqual([]);
  });

  it('a text that many jobs have, but none of the newest, comes in pages that may be short', async () => {
    const { tables } = opened.database;
    const reach = { first: 100, further: 1000, furtherMs: 0, indexed: 500, open: 100 };
    const where = (after: JobPlace | undefined) =>
      sql`w.name = 'package-asset' AND w.created_at > ${now - 85 * 86_400_000} ${after ? sql`AND (w.created_at, w.workflow_uuid) < (${after.createdAt}, ${after.id})` : sql``}`;
    const ids: string[] = [];
    const pages: number[] = [];
    for (let after: JobPlace | undefined, more = true; more;) {
      const page = await searchJobs(tables, { text: 'old1', where, after, limit: 400 }, reach);
      ids.push(...page.ids);
      pages.push(page.ids.length);
      const last = page.ids.length < 400 ? undefined : await jobTable(tables).find(page.ids.at(-1)!);
      after = page.next ?? last;
      more = after !== undefined;
    }
    expect(pages[0]).toBe(1);
    expect(Math.max(...pages)).toBe(400);
    // 10000 and 1999 to 1000; those below are older than that
    expect([ids.length, new Set(ids).size, ids.at(-1)]).toEqual([1001, 1001, 'old1000']);
  });

  it('a job that has not ended is found by its text as well', async () => {
    const { tables, pool } = opened.database;
    await pool.query(`UPDATE dbos.workflow_status SET status = 'ENQUEUED' WHERE workflow_uuid = 'old5005'`);
    const { rows } = await jobTable(tables).search('asset 5005', { ...assets, limit: 3 });
    expect(rows.map(({ id }) => id)).toEqual(['old5005']);
  });

  it('and so is each of more than are looked at together', async () => {
    const { tables, pool } = opened.database;
    await pool.query(
      `UPDATE dbos.workflow_status SET status = 'ENQUEUED' WHERE name = 'package-asset' AND attributes ->> 'title' ~ '^asset 5[01]..$'`,
    );
    const where = (after: JobPlace | undefined) =>
      sql`w.name = 'package-asset' ${after ? sql`AND (w.created_at, w.workflow_uuid) < (${after.createdAt}, ${after.id})` : sql``}`;
    const reach = { first: 100, further: 1000, furtherMs: 0, indexed: 500, open: 100 };
    const found = async (text: string) => {
      const ids: string[] = [];
      for (let after: JobPlace | undefined, more = true; more; more = after !== undefined) {
        const page = await searchJobs(tables, { text, where, after, limit: 10 }, reach);
        ids.push(...page.ids);
        after = page.next;
      }
      return ids;
    };
    for (const n of [5000, 5099, 5199]) expect(await found(`asset ${n}`)).toEqual([`old${n}`]);
  });
});
