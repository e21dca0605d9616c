import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { openEngine, stageWorkflows } from '../src/workflow/engine-fixture.case.js';
import { median } from './measure.js';

/**
 * Small jobs (two steps that do next to nothing) on PostgreSQL: how many are done in a second by one worker process and by three, in turn.
 * All jobs wait before the workers begin, so nothing but the engine and the database is measured.
 * `tsx bench/workers.ts --jobs 2000 --runs 3`; REELWAY_BENCH_DATABASE_URL names the server, on which it makes and drops databases of its own.
 */
const { values } = parseArgs({
  options: { jobs: { type: 'string', default: '2000' }, runs: { type: 'string', default: '3' } },
});
const jobs = Number(values.jobs);
const server = process.env.REELWAY_BENCH_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const script = path.resolve(import.meta.dirname, '../src/workflow/engine-process.case.ts');
const limits = { assets: { perProcess: 50 } };

interface Outcome {
  readonly enqueued: number;
  readonly done: number;
}

/** @returns jobs a second */
async function measureWorkers(count: number, run: number): Promise<Outcome> {
  const name = `reelway_bench_${process.pid}_${count}_${run}`;
  await ask(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const folder = await mkdtemp(path.join(tmpdir(), 'reelway-bench-'));
  const place = { dataFolder: folder, databaseUrl: url.href, limits };
  const workers: ChildProcess[] = [];
  try {
    const enqueued = await enqueue(folder, place);
    for (let n = 0; n < count; n++) workers.push(await startWorker(folder, place));
    return { enqueued, done: await doneInASecond(url.href) };
  } finally {
    for (const worker of workers) {
      const ended = once(worker, 'exit');
      worker.kill('SIGTERM');
      await ended;
    }
    await ask(server, `DROP DATABASE ${name} WITH (FORCE)`);
    await rm(folder, { recursive: true, force: true });
  }
}

type Place = Pick<Parameters<typeof openEngine>[0], 'dataFolder' | 'databaseUrl' | 'limits'>;

/** By a process that does one at a time, so that nearly all of them wait when it stops. @returns jobs a second */
async function enqueue(folder: string, place: Place): Promise<number> {
  const { chain } = stageWorkflows({ folder });
  const { engine, close } = await openEngine({ ...place, limits: { assets: { perProcess: 1 } }, workflows: [chain] });
  const begin = performance.now();
  for (let n = 0; n < jobs; n += 20)
    await Promise.all(
      Array.from({ length: Math.min(20, jobs - n) }, (_, i) =>
        engine.submit(chain, `chain:${n + i}`, { key: `${n + i}`, steps: 2 }),
      ),
    );
  const rate = (1000 * jobs) / (performance.now() - begin);
  await close();
  return rate;
}

/** Ready when it says so, which is when it begins to take jobs. */
async function startWorker(folder: string, place: Place): Promise<ChildProcess> {
  const worker = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify({ folder, ...place })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(worker.stdout, 'data');
  return worker;
}

/** Of those that are left, until none is. */
async function doneInASecond(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const left = async () => {
    const { rows } = await client.query<{ left: number }>(
      `SELECT count(*)::int AS left FROM dbos.workflow_status WHERE status <> 'SUCCESS'`,
    );
    return rows[0]?.left ?? 0;
  };
  const waiting = await left();
  const begin = performance.now();
  while ((await left()) > 0) await sleep(50);
  await client.end();
  return (1000 * waiting) / (performance.now() - begin);
}

async function ask(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

const outcomes = new Map<number, Outcome[]>([
  [1, []],
  [3, []],
]);
for (let run = 0; run < Number(values.runs); run++)
  for (const [count, list] of outcomes) list.push(await measureWorkers(count, run));
const rate = (count: number) => median((outcomes.get(count) ?? []).map(({ done }) => done));
console.log(`${jobs} jobs of two steps, medians of ${values.runs} runs in turn`);
console.log(`enqueued: ${median([...outcomes.values()].flat().map(({ enqueued }) => enqueued)).toFixed(0)} /s`);
for (const count of outcomes.keys()) console.log(`${count} worker(s): ${rate(count).toFixed(0)} jobs/s`);
console.log(`3 to 1: ${(rate(3) / rate(1)).toFixed(2)}`);
