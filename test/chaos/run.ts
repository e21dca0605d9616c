import { parseArgs } from 'node:util';
import { audit, storeOf, tooEarly } from './audit.js';
import { disturb, wrongBy } from './blows.js';
import { member } from './crew.js';
import { createDatabase, isAllDone } from './database.js';
import { generator } from './seed.js';
import { chaosStage } from './stage.js';
import { until } from './until.js';
import { giveWork } from './work.js';

/**
 * `npm run chaos -- --kills 30 --seconds 120 --seed 1 --storage s3`: both lines under load on PostgreSQL with one server and two workers, while everything
 * around them and they themselves fail; then an auditor compares what went in with what came out. `--storage both` does it on S3 and then on a small disk. Ends
 * with 1 when something is not as it must be.
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
const storages = { s3: ['s3'], folder: ['folder'], both: ['s3', 'folder'] } as const;
if (!Object.hasOwn(storages, values.storage))
  throw new Error(`--storage: s3, folder or both; given: ${values.storage}`);
/** milliseconds after the last disturbance within which all work must be done */
const doneWithin = 300_000;
/** milliseconds for all processes to start side by side */
const readyWithin = 120_000;

for (const storage of storages[values.storage as keyof typeof storages]) {
  const problems = await chaos(storage);
  console.log(
    problems.length === 0
      ? 'nothing lost, nothing twice, nothing announced too early, nothing left behind'
      : problems.join('\n'),
  );
  if (problems.length > 0) process.exitCode = 1;
}

/** @returns what is not as it must be */
async function chaos(storage: 's3' | 'folder'): Promise<string[]> {
  const random = generator(Number(values.seed));
  const { seconds } = wanted;
  const stage = await chaosStage(storage === 'folder' ? { disk: 'small', seconds } : storage, random);
  const databaseUrl = await createDatabase(stage.cluster);
  const early: string[] = [];
  const store = storeOf(stage);
  stage.onNotice = async (notice) => void early.push(...(await tooEarly(stage, store, notice)));
  const crew = await Promise.all(
    (['serve', 'worker', 'worker'] as const).map((role) =>
      member({ role, environment: stage.environment, databaseUrl, skewMs: wrongBy(random) }),
    ),
  );
  const isReady = () => crew.every((each) => each.url() !== undefined);
  const counts = new Map<string, number>();
  try {
    const disk =
      storage === 'folder' && stage.smallDisk === undefined ? ' that cannot be filled (nothing may be mounted)' : '';
    console.log(`--seed ${values.seed}, ${storage}${disk}, ${wanted.kills} kills, at least ${wanted.seconds} s`);
    await until(isReady, readyWithin, 'all processes are ready');
    const giving = new AbortController();
    const url = () => crew[0]?.url();
    const work = giveWork(stage, { url, random, signal: giving.signal, pauseMs: () => 300 + random() * 1200 });
    work.catch(() => giving.abort());
    stage.failAt(wanted.rate);
    await disturb({ stage, members: crew, databaseUrl, random }, wanted, { counts, signal: giving.signal });
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
      `${[...counts].map(([name, count]) => `${count} ${name}`).join(', ')}; ${ledger.recordings.size} recordings, ${ledger.assets.size} assets; all done ${settled} s after the last blow`,
    );
    console.log(`${stage.notices.length} notices, ${repeated} of them again under their id`);
    return problems;
  } finally {
    await Promise.all(crew.map((each) => each.end()));
    await stage.close();
  }
}
