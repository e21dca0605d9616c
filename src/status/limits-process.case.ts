import { createInterface } from 'node:readline';
import pg from 'pg';
import { Kysely, PostgresDialect } from 'kysely';
import { hostLimits } from '../net/host-limits.js';
import { rateLimit } from '../net/rate-limit.js';
import { hostVisitors } from './host-visitors.js';
import { jobPlaces } from './job-places.js';
import { sharedRate } from './shared-rate.js';
import type { Tables } from './tables.js';

/** A process that shares limits with others, for a test: each line that it is told is something to do, and is answered with a line of JSON. */
const { databaseUrl, name, address } = JSON.parse(process.argv[2] ?? '') as Record<string, string>;
const pool = new pg.Pool({ connectionString: databaseUrl });
const tables = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }).withSchema('reelway');
const visitors = hostVisitors({ tables, lookMs: 500 });

async function takePlaces(from: number): Promise<number> {
  const places = jobPlaces(tables, { pool: 'places', most: 5 });
  const taken = await Promise.all(Array.from({ length: 20 }, (_, n) => places.take(`${name} ${from + n}`)));
  return taken.filter(Boolean).length;
}

const tasks: Record<string, () => Promise<unknown>> = {
  async turns() {
    const perSecond = 20;
    const rate = sharedRate({ tables, name: 'rate', perSecond, alone: rateLimit({ perSecond }) });
    const turns = Array.from({ length: 15 }, () => rate.turn().then(() => Date.now()));
    return Promise.all(turns);
  },
  places: () => takePlaces(0),
  'more places': () => takePlaces(20),
  async meet() {
    while (visitors.count('host') !== 2) await new Promise((resolve) => setTimeout(resolve, 10));
    return true;
  },
  async visits() {
    const limits = hostLimits({ perHost: 8, visitors });
    const visit = async () => {
      const leave = await limits.enter('host');
      await fetch(address ?? '').then((answer) => answer.text());
      leave();
    };
    await Promise.all(Array.from({ length: 40 }, visit));
    return true;
  },
  async end() {
    await visitors.stop();
    await tables.destroy();
    return true;
  },
};

for await (const task of createInterface({ input: process.stdin }))
  process.stdout.write(`${JSON.stringify(await tasks[task]?.())}\n`);
