import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import pg from 'pg';
import { pino } from 'pino';
import { cleanUp } from '../src/status/clean-up.js';
import { jobHistory } from '../src/status/job-history.js';
import { jobTable } from '../src/status/job-table.js';
import { openEngine, stageWorkflows } from '../src/workflow/engine-fixture.case.js';
import { writeFinishedJobs } from '../test/support/finished-jobs.js';
import { median } from './measure.js';

/**
 * A database with a million finished jobs: how quick lists and small jobs are with it and without, how quickly old history goes, and how large
 * the database is in the end when jobs keep passing.
 * `tsx bench/history.ts [jobs]`; needs a PostgreSQL server, REELWAY_BENCH_DATABASE_URL, on which it makes and drops a database of its own.
 */
const total = Number(process.argv[2] ?? 1_000_000);
const server = process.env.REELWAY_BENCH_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const name = `reelway_bench_${process.pid}`;
const day = 86_400_000;
const log = pino({ level: 'silent' });

async function maintain(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

async function timed(what: string, run: () => Promise<unknown>, times = 1): Promise<number> {
  const begin = performance.now();
  for (let n = 0; n < times; n++) await run();
  const ms = (performance.now() - begin) / times;
  console.log(`${what.padEnd(52)} ${ms.toFixed(1).padStart(10)} ms`);
  return ms;
}

const folder = await mkdtemp(`${tmpdir()}/reelway-bench-`);
await maintain(`CREATE DATABASE ${name}`);
const url = new URL(server);
url.pathname = `/${name}`;
const workflows = stageWorkflows({ folder });
const { database, engine, close } = await openEngine({
  ...{ dataFolder: folder, databaseUrl: url.href },
  workflows: Object.values(workflows),
});
const { pool } = database;

async function size(): Promise<string> {
  const { rows } = await pool.query<{ size: string }>(
    'SELECT pg_size_pretty(pg_database_size(current_database())) AS size',
  );
  return rows[0]?.size ?? '?';
}
let submitted = 0;
/** In turns, since a moment's other work shows in one of them: medians. */
async function smallJobs(when: string, count: number): Promise<void> {
  const [enqueued, done]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 7; turn++) {
    const ids = Array.from({ length: count }, () => `chain:${submitted++}`);
    const begin = performance.now();
    for (let n = 0; n < count; n += 20)
      await Promise.all(ids.slice(n, n + 20).map((id) => engine.submit(workflows.chain, id, { key: id, steps: 2 })));
    enqueued.push((1000 * count) / (performance.now() - begin));
    await Promise.all(ids.map((id) => engine.result(id)));
    done.push((1000 * count) / (performance.now() - begin));
  }
  for (const [what, rates] of [
    ['enqueued', enqueued],
    ['enqueued and done', done],
  ] as const)
    console.log(`${`${what} ${when}`.padEnd(52)} ${median(rates).toFixed(0).padStart(10)} /s`);
}
async function lists(when: string): Promise<void> {
  const table = jobTable(database.tables);
  await timed(`newest 50 jobs, ${when}`, () => engine.jobs.list(), 5);
  await timed(`queued jobs, ${when}`, () => engine.jobs.list({ status: ['queued'] }), 5);
  await timed(
    `jobs of a kind that there is none of, ${when}`,
    () => engine.jobs.list({ kind: ['none'], parent: 'any' }),
    5,
  );
  for (const [what, text] of searches)
    await timed(`search: ${what}, ${when}`, () => engine.jobs.list({ search: text }), 5);
  await timed(`search: dead letters, ${when}`, () => engine.jobs.list({ search: 'asset 12', deadLetter: true }), 5);
  await timed(`dead letters, ${when}`, () => engine.jobs.list({ deadLetter: true }), 5);
  await timed(
    `what changed in the last 2 s, ${when}`,
    async () => table.changedSince({ time: (await table.now()) - 2000 }, 500),
    5,
  );
}

/** Of `writeFinishedJobs`: asset N is called `oldN`, the newest has the highest number. */
const searches = [
  ['all have it', 'asset'],
  ['two jobs have it', 'asset 123456'],
  ['none has it', 'nothing of this'],
  ['few have it, all of its grams are frequent', 'asset 12345'],
  ['a ninth has it, of the newest none', 'asset 1'],
  ['a twentieth has it, of the oldest', 'old7'],
  ['two characters', '99'],
] as const;
try {
  console.log(`empty database: ${await size()}`);
  await smallJobs('with an empty database', 500);
  await lists('with few jobs');
  const now = Date.now();
  await timed(`writing ${total} finished jobs`, () =>
    writeFinishedJobs(pool, { families: total / 4, from: now - 60 * day, until: now - 1000 }),
  );
  await pool.query('VACUUM ANALYZE');
  console.log(`with ${total} finished jobs: ${await size()}`);
  await smallJobs(`with ${total} finished jobs`, 500);
  await lists(`with ${total} jobs`);

  // Bounded: half of them are older than 30 days; as many come again; the space of those that went is used again.
  const options = { history: jobHistory(database.tables), vacuums: false, log };
  const signal = new AbortController().signal;
  const begin = performance.now();
  const removed = await cleanUp({ ...options, keep: { jobs: 30, failedJobs: 30, events: 30 } }, signal);
  const seconds = (performance.now() - begin) / 1000;
  console.log(
    `removed ${removed.jobs} jobs in ${seconds.toFixed(0)} s: ${(removed.jobs / seconds).toFixed(0)} /s; ${await size()}`,
  );
  await pool.query('VACUUM');
  await writeFinishedJobs(pool, { families: removed.jobs / 4, from: now - 20 * day, until: now, prefix: 'again' });
  await pool.query('VACUUM');
  console.log(`after as many jobs have passed again: ${await size()}`);
} finally {
  await close();
  await maintain(`DROP DATABASE ${name} WITH (FORCE)`);
  await rm(folder, { recursive: true });
}
