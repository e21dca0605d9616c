import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { writeFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { audit, storeOf, tooEarly } from './audit.js';
import { member, type Member } from './crew.js';
import { createDatabase, cutConnections, isAllDone } from './database.js';
import { generator } from './seed.js';
import { until } from './until.js';
import { chaosStage, type ChaosStage } from './stage.js';
import { giveWork } from './work.js';

/**
 * `npm run chaos -- --kills 30 --seconds 120 --seed 1 --storage s3`: both lines under load on PostgreSQL with one server and two workers, while everything
 * around them and they themselves fail; then an auditor compares what went in with what came out. Ends with 1 when something is not as it must be.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '30' },
    seconds: { type: 'string', default: '120' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    storage: { type: 'string', default: 's3' },
    rate: { type: 'string', default: '0.03' },
  },
});
const wanted = { kills: Number(values.kills), seconds: Number(values.seconds), rate: Number(values.rate) };
const storage = values.storage === 'folder' ? 'folder' : 's3';
/** milliseconds after the last disturbance within which all work must be done */
const doneWithin = 300_000;
/** milliseconds for all processes to start side by side */
const readyWithin = 120_000;

const random = generator(Number(values.seed));
const stage = await chaosStage(storage, random);
const databaseUrl = await createDatabase(stage.cluster);
const early: string[] = [];
const store = storeOf(stage);
stage.onNotice = async (notice) => void early.push(...(await tooEarly(store, notice)));

const skew = () => Math.round((random() - 0.5) * 180_000);
const crew = await Promise.all(
  (['serve', 'worker', 'worker'] as const).map((role) =>
    member({ role, environment: stage.environment, databaseUrl, skewMs: skew() }),
  ),
);
const isReady = () => crew.every((each) => each.url() !== undefined);
const counts: Record<string, number> = {};
try {
  console.log(`--seed ${values.seed}, ${storage}, ${wanted.kills} kills, at least ${wanted.seconds} s`);
  await until(isReady, readyWithin, 'all processes are ready');
  const giving = new AbortController();
  const url = () => crew[0]?.url();
  const work = giveWork(stage, { url, random, signal: giving.signal, pauseMs: () => 300 + random() * 1200 });
  work.catch(() => giving.abort());
  stage.failAt(wanted.rate);
  await disturb(stage, crew, giving.signal);
  stage.failAt(0);
  giving.abort();
  const ledger = await work;
  const calmAt = Date.now();
  await until(() => isAllDone(databaseUrl), doneWithin, 'all work is done').catch((error: unknown) =>
    early.push(String(error)),
  );
  const settled = ((Date.now() - calmAt) / 1000).toFixed(1);
  // Whoever was killed last may still be starting, and a process that does not listen to signals yet just ends at one.
  await until(isReady, readyWithin, 'all processes are ready again').catch((error: unknown) =>
    early.push(String(error)),
  );
  const codes = await Promise.all(crew.map((each) => each.stop()));
  if (codes.some((code) => code !== 0)) early.push(`processes stopped with ${codes.join(', ')}`);
  const problems = await audit(stage, { ledger, databaseUrl, early });
  const repeated = stage.notices.length - new Set(stage.notices.map(({ id }) => id)).size;
  console.log(
    `${JSON.stringify(counts)}; ${ledger.recordings.size} recordings, ${ledger.assets.size} assets; all done ${settled} s after the last blow`,
  );
  console.log(`${stage.notices.length} notices, ${repeated} of them again under their id`);
  console.log(
    problems.length === 0
      ? 'nothing lost, nothing twice, nothing announced too early, nothing left behind'
      : problems.join('\n'),
  );
  if (problems.length > 0) process.exitCode = 1;
} finally {
  await Promise.all(crew.map((each) => each.kill().then(() => each.stop())));
  await stage.close();
}

/** Blow after blow, until there were as many kills as wanted and the time is over. */
async function disturb(
  { cluster, smallDisk }: ChaosStage,
  members: readonly Member[],
  signal: AbortSignal,
): Promise<void> {
  const end = Date.now() + wanted.seconds * 1000;
  const pauseMs = (wanted.seconds * 1000) / Math.max(1, wanted.kills) / 2;
  const aside: Promise<void>[] = [];
  const blow = (name: string) => (counts[name] = (counts[name] ?? 0) + 1);
  while (!signal.aborted && (Date.now() < end || (counts.killed ?? 0) < wanted.kills)) {
    await sleep(pauseMs * (0.5 + random()));
    const victim = members[Math.floor(random() * members.length)]!;
    const what = random();
    if (what < 0.6) {
      if ((counts.killed ?? 0) >= wanted.kills) continue;
      // In the middle of work, not of a start that was just cut short.
      await until(() => victim.url() !== undefined, 60_000, `${victim.role} is ready`).catch(() => undefined);
      await victim.kill();
      blow('killed');
    } else if (what < 0.72) {
      blow('frozen');
      aside.push(victim.freeze(3000 + random() * 15_000));
    } else if (what < 0.84) {
      blow('cut off');
      aside.push(victim.cutOff(3000 + random() * 15_000));
    } else if (what < 0.92) {
      blow('connections cut');
      await cutConnections(databaseUrl);
    } else if (what < 0.96 || smallDisk === undefined) {
      blow('database crashed');
      await cluster.crash();
    } else {
      blow('disk filled');
      aside.push(fill(smallDisk, 2000 + random() * 5000));
    }
  }
  await Promise.all(aside);
}

async function fill(folder: string, ms: number): Promise<void> {
  const file = path.join(folder, 'filler');
  await writeFile(file, Buffer.alloc(1 << 30)).catch(() => undefined);
  await sleep(ms);
  await rm(file, { force: true });
}
