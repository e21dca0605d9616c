import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { effects, openEngine, stageWorkflows } from '../../src/workflow/engine-fixture.case.js';
import { findOrStartPostgres } from '../support/postgres-server.js';

/**
 * Three workers on one PostgreSQL database, each moment one of them killed, frozen for longer than it may be silent, or all connections cut, while jobs
 * come in; then what came in is compared with what was done. `npm run chaos:workers [seconds]`
 */
const seconds = Number(process.argv[2] ?? 60);
const lostAfterMs = 2000;
const stepsPerJob = 4;
const server = await findOrStartPostgres();
const name = `reelway_chaos_${process.pid}`;
const folder = await mkdtemp(path.join(tmpdir(), 'reelway-chaos-'));

async function ask(database: string, statement: string): Promise<void> {
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
await ask('postgres', `CREATE DATABASE ${name}`);
const url = new URL(server.url);
url.pathname = `/${name}`;
const place = { dataFolder: folder, databaseUrl: url.href, lostAfterMs };
const script = path.resolve(import.meta.dirname, '../../src/workflow/engine-process.case.ts');

function worker(): ChildProcess {
  const argument = JSON.stringify({ folder, ...place, limits: { assets: { perProcess: 5 } } });
  return spawn(process.execPath, ['--import', 'tsx', script, argument], { stdio: ['ignore', 'ignore', 'ignore'] });
}
const workflows = stageWorkflows({ folder });
// Submits and looks; it works too, so that something is always left.
const { engine, close } = await openEngine({
  ...place,
  workflows: Object.values(workflows),
  limits: { assets: { perProcess: 2 } },
});
const workers = [worker(), worker(), worker()];
const done = { kills: 0, freezes: 0, cuts: 0 };
const ids: string[] = [];
try {
  const end = Date.now() + seconds * 1000;
  const submitting = (async () => {
    while (Date.now() < end) {
      const id = `chain:c${ids.length}`;
      await engine.submit(workflows.chain, id, { key: `c${ids.length}`, steps: stepsPerJob });
      ids.push(id);
      await sleep(50);
    }
  })();
  while (Date.now() < end) {
    await sleep(1000 + Math.random() * 3000);
    const n = Math.floor(Math.random() * workers.length);
    const victim = workers[n]!;
    const what = Math.random();
    if (what < 0.5) {
      const exit = once(victim, 'exit');
      victim.kill('SIGKILL');
      await exit;
      workers[n] = worker();
      done.kills++;
    } else if (what < 0.85) {
      victim.kill('SIGSTOP');
      await sleep(2 * lostAfterMs);
      victim.kill('SIGCONT');
      done.freezes++;
    } else {
      await ask('postgres', `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
      done.cuts++;
    }
  }
  await submitting;
  const outcomes = await Promise.allSettled(ids.map((id) => engine.result(id, AbortSignal.timeout(60_000))));
  const lost = outcomes.filter(({ status }) => status === 'rejected').length;
  const seen = effects({ folder });
  const counts = new Map<string, number>();
  for (const effect of seen) if (effect.endsWith('done')) counts.set(effect, (counts.get(effect) ?? 0) + 1);
  const wanted = ids.length * stepsPerJob;
  const repeated = [...counts.values()].reduce((sum, count) => sum + count - 1, 0);
  console.log(
    `${JSON.stringify(done)}: ${ids.length} jobs, ${lost} lost; ${counts.size} of ${wanted} steps done, ${repeated} repeated in the middle of a kill`,
  );
  if (lost > 0 || counts.size !== wanted) process.exitCode = 1;
} finally {
  for (const child of workers) child.kill('SIGKILL');
  await close();
  await ask('postgres', `DROP DATABASE ${name} WITH (FORCE)`);
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
