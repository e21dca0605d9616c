import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { audit, storeOf, tooEarly } from './audit.js';
import { member } from './crew.js';
import { createDatabase, isAllDone } from './database.js';
import { generator } from './seed.js';
import { chaosStage } from './stage.js';
import { until } from './until.js';
import { giveWork } from './work.js';

/**
 * `npm run soak -- --minutes 60`: mixed work on PostgreSQL, one server and one worker, with nothing going wrong; memory and open files of both every ten
 * seconds, then a clean stop and the audit of the chaos runs. Reports; what is flat is for people to judge.
 */
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' } },
});
const minutes = Number(values.minutes);
const random = generator(Number(values.seed));
const stage = await chaosStage('folder', random);
const databaseUrl = await createDatabase(stage.cluster);
const early: string[] = [];
const store = storeOf(stage);
stage.onNotice = async (notice) => void early.push(...(await tooEarly(stage, store, notice)));
const crew = await Promise.all(
  (['serve', 'worker'] as const).map((role) =>
    member({ role, environment: stage.environment, databaseUrl, skewMs: 0 }),
  ),
);

interface Sample {
  /** bytes */
  readonly memory: number;
  readonly files: number;
}

/** Of a process, by Linux. */
async function sample(pid: number): Promise<Sample> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const files = (await readdir(`/proc/${pid}/fd`)).length;
  return { memory: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024, files };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

try {
  await until(() => crew.every((each) => each.url() !== undefined), 120_000, 'all processes are ready');
  const giving = new AbortController();
  const work = giveWork(stage, { url: () => crew[0]?.url(), random, signal: giving.signal, pauseMs: () => 3000 });
  const samples = crew.map(() => [] as Sample[]);
  for (const end = Date.now() + minutes * 60_000; Date.now() < end; await sleep(10_000))
    for (const [index, each] of crew.entries()) samples[index]!.push(await sample(each.pid()!));
  giving.abort();
  const ledger = await work;
  await until(() => isAllDone(databaseUrl), 300_000, 'all work is done');
  const codes = await Promise.all(crew.map((each) => each.stop()));
  const problems = await audit(stage, { ledger, databaseUrl, early });
  console.log(
    `${minutes} minutes: ${ledger.recordings.size} recordings, ${ledger.assets.size} assets; stopped with ${codes.join(', ')}`,
  );
  for (const [index, { role }] of crew.entries()) {
    const all = samples[index]!;
    const quarters = [0, 1, 2, 3].map((n) =>
      all.slice(Math.floor((n * all.length) / 4), Math.floor(((n + 1) * all.length) / 4)),
    );
    const memory = quarters.map((some) => Math.round(median(some.map((each) => each.memory)) / 2 ** 20));
    const files = quarters.map((some) => median(some.map((each) => each.files)));
    console.log(`${role}: MiB in each quarter ${memory.join(', ')}; open files ${files.join(', ')}`);
  }
  console.log(problems.length === 0 ? 'nothing lost, nothing left behind' : problems.join('\n'));
  if (problems.length > 0 || codes.some((code) => code !== 0)) process.exitCode = 1;
} finally {
  await Promise.all(crew.map((each) => each.end()));
  await stage.close();
}
