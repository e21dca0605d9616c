import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { writeFinishedJobs } from '../test/support/finished-jobs.js';

/**
 * What open dashboards cost a server, and how old progress is when they have it: a server in a process of its own, readers of `/api/jobs/events`, and ten
 * jobs whose progress is written as a worker writes it, each 300 ms; first without those. To the age comes what a worker holds back, 300 ms at most.
 * `npx tsx bench/live.ts [dashboards]` after `npm run build`; needs a PostgreSQL server, REELWAY_BENCH_DATABASE_URL, on which it makes and drops a database.
 */
const dashboards = Number(process.argv[2] ?? 200);
const server = process.env.REELWAY_BENCH_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const name = `reelway_bench_${process.pid}`;
const secret = 'a-secret-of-the-bench';
const seconds = 20;
/** clock ticks of Linux, each 10 ms */
const ticksPerSecond = 100;

async function maintain(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** Seconds of the processor that the process has used, with the system's part (proc(5), fields 14 and 15). */
async function processorSeconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

const folder = await mkdtemp(path.join(tmpdir(), 'reelway-bench-'));
await maintain(`CREATE DATABASE ${name}`);
const databaseUrl = new URL(server);
databaseUrl.pathname = `/${name}`;
const child = spawn(process.execPath, [path.join(import.meta.dirname, '../bin/reelway.js'), 'serve'], {
  env: {
    ...{ PATH: process.env.PATH, DATABASE_URL: databaseUrl.href, REELWAY_DATA_DIR: folder, REELWAY_PORT: '0' },
    ...{ REELWAY_API_TOKENS: `bench:${secret}`, LOG_LEVEL: 'error' },
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const pool = new pg.Pool({ connectionString: databaseUrl.href });
pool.on('error', () => {}); // when its database is dropped
const ages: number[] = [];
const streams: IncomingMessage[] = [];

function open(url: string): Promise<void> {
  return new Promise((opened, fail) => {
    get(`${url}/api/jobs/events`, { headers: { authorization: `Bearer ${secret}` }, agent: false }, (stream) => {
      streams.push(stream);
      stream.setEncoding('utf8').on('data', (piece: string) => {
        for (const [, written] of piece.matchAll(/"done":(\d{13})/g)) ages.push(Date.now() - Number(written));
      });
      opened();
    }).on('error', fail);
  });
}

async function costOf(what: string, work: () => Promise<unknown>): Promise<void> {
  const pid = child.pid ?? 0;
  const [before, begin] = [await processorSeconds(pid), performance.now()];
  await work();
  const share = ((await processorSeconds(pid)) - before) / ((performance.now() - begin) / 1000);
  console.log(`${what.padEnd(60)} ${(100 * share).toFixed(1).padStart(6)} % of a core`);
}

async function progress(): Promise<void> {
  for (const end = Date.now() + 1000 * seconds; Date.now() < end; await sleep(300)) {
    const now = Date.now();
    await pool.query(
      `UPDATE reelway.job_progress SET updated_at = extract(epoch FROM clock_timestamp()) * 1000,
         progress = jsonb_build_object('done', $1::bigint, 'total', $1::bigint, 'unit', 'segments') WHERE job_id LIKE '%:hls'`,
      [now],
    );
  }
}

try {
  let said = '';
  for await (const piece of child.stdout.setEncoding('utf8')) if (/ready: \S+\s/.test((said += String(piece)))) break;
  const url = /ready: (\S+)/.exec(said)?.[1] ?? '';
  await writeFinishedJobs(pool, { families: 10, from: Date.now() - 86_400_000, until: Date.now() - 80_000_000 });
  await costOf('no dashboard', () => sleep(1000 * seconds));
  await Promise.all(Array.from({ length: dashboards }, () => open(url)));
  await sleep(3000);
  await costOf(`${dashboards} dashboards, nothing happens`, () => sleep(1000 * seconds));
  ages.length = 0;
  await costOf(`${dashboards} dashboards, 10 jobs with progress`, progress);
  ages.sort((a, b) => a - b);
  const at = (share: number) => ages[Math.min(ages.length - 1, Math.floor(ages.length * share))];
  console.log(`${ages.length} events; age in ms: median ${at(0.5)}, 99 of 100 ${at(0.99)}, worst ${ages.at(-1)}`);
} finally {
  for (const stream of streams) stream.destroy();
  child.kill('SIGTERM');
  if (child.exitCode === null) await once(child, 'exit');
  await pool.end();
  await maintain(`DROP DATABASE ${name} WITH (FORCE)`);
  await rm(folder, { recursive: true });
}
