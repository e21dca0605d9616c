import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainedTables } from '../../test/support/explained-tables.js';
import { writeFinishedJobs } from '../../test/support/finished-jobs.js';
import { createDatabase, type TestDatabase } from '../../test/support/postgres.js';
import { requires } from '../../test/support/requires.js';
import { jobHistory } from '../status/job-history.js';
import { jobTable } from '../status/job-table.js';
import { queueState } from '../status/queue-watch.js';
import { queueShares } from '../status/queue-shares.js';
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
  const asked: Record<string, (tables: ReturnType<typeof explainedTables>['tables']) => Promise<unknown>> = {
    'the newest jobs': (tables) => jobTable(tables).list({ parent: null, limit: 51 }),
    'a later page': (tables) => jobTable(tables).list({ parent: null, after: at, limit: 51 }),
    'queued ones': (tables) => jobTable(tables).list({ parent: null, statuses: ['ENQUEUED', 'DELAYED'], limit: 51 }),
    'failed ones': (tables) =>
      jobTable(tables).list({ parent: null, statuses: ['ERROR', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'], limit: 51 }),
    'dead letters': (tables) => jobTable(tables).list({ deadLetter: true, limit: 51 }),
    'a kind': (tables) => jobTable(tables).list({ kinds: ['ingest-recording'], limit: 51 }),
    'the children of one': (tables) => jobTable(tables).list({ parent: 'old77', limit: 500 }),
    'one job': (tables) => jobTable(tables).find('old77'),
    'a family': (tables) => jobTable(tables).family('old77'),
    ancestors: (tables) => jobTable(tables).ancestors('old77:hls'),
    'how jobs stand': (tables) => jobTable(tables).statuses(jobs),
    'whose jobs are': (tables) => jobTable(tables).held(jobs.map((jobId) => ({ jobId, owner: 'x' }))),
    'what changed': (tables) => jobTable(tables).changedSince(now - 60_000, 500),
    'lost workers': (tables) => workerTable(tables).lost(10_000),
    'jobs of before there were shares': (tables) => jobTable(tables).giveShares('notices'),
    'a turn': (tables) => queueShares(tables).next({ queue: 'endpoints', share: 'a', first: 0, last: 1000 }),
    'how long jobs wait': async (tables) => expect(await queueState(tables)).toEqual({ waiting: 0, oldestSeconds: 0 }),
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
});
