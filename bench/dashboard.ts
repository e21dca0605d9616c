import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import type { Browser } from 'playwright-core';
import { startServer } from '../src/cli/serve.js';
import { readConfig } from '../src/config/config.js';
import { launchChromium } from '../test/support/chromium.js';
import { signIn } from '../test/support/dashboard.js';
import { writeFinishedJobs } from '../test/support/finished-jobs.js';

/**
 * How soon a page of the dashboard can be used with many jobs in the database: from asking for it to the first paint, and to its rows, in
 * Chromium with an empty cache, over loopback. Fails when the rows of a page take longer than 1.5 s.
 * `npm run bench:dashboard [jobs]`; needs a PostgreSQL server, REELWAY_BENCH_DATABASE_URL, on which it makes and drops a database of its own.
 */
const total = Number(process.argv[2] ?? 100_000);
const server = process.env.REELWAY_BENCH_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const name = `reelway_bench_${process.pid}`;
const secret = 'a-secret-of-the-bench';
const runs = 5;
/** milliseconds */
const limit = 1500;
const day = 86_400_000;

/** Each page, and what is there when it can be used. */
const pages = {
  '': '.card.bad[data-job]',
  jobs: 'tbody tr',
  'jobs?search=asset%20123': 'tbody tr',
  'jobs/old20': '.steps li',
  health: 'tbody tr',
} as const;

async function maintain(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

interface Measured {
  /** milliseconds since the page was asked for */
  readonly paint: number;
  readonly rows: number;
}

/** For the page itself, as text: the loader of TypeScript adds to functions what only it has. */
const whenThere = (selector: string) => `new Promise((resolve) => {
  const look = () => {
    if (!document.querySelector(${JSON.stringify(selector)})) return requestAnimationFrame(look);
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    resolve({ paint: paint?.startTime ?? Number.NaN, rows: performance.now() });
  };
  look();
})`;

/** Opens the page in a browser that has never seen it, signed in. */
async function measure(browser: Browser, url: string, place: string, cookies: Cookies): Promise<Measured> {
  const context = await browser.newContext();
  try {
    await context.addCookies(cookies);
    const page = await context.newPage();
    await page.goto(`${url}/#/${place}`, { waitUntil: 'commit' });
    return await page.evaluate<Measured>(whenThere(pages[place as keyof typeof pages]));
  } finally {
    await context.close();
  }
}
type Cookies = Awaited<ReturnType<Awaited<ReturnType<Browser['newContext']>>['cookies']>>;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const folder = await mkdtemp(path.join(tmpdir(), 'reelway-bench-'));
await maintain(`CREATE DATABASE ${name}`);
const databaseUrl = new URL(server);
databaseUrl.pathname = `/${name}`;
const environment = {
  ...{ REELWAY_DATA_DIR: folder, REELWAY_PORT: '0', DATABASE_URL: databaseUrl.href },
  REELWAY_API_TOKENS: `bench:${secret}`,
};
const running = await startServer({ config: readConfig(environment), environment }, pino({ level: 'silent' }));
const browser = await launchChromium();
try {
  const { pool } = running.services.database;
  const now = Date.now();
  await writeFinishedJobs(pool, { families: Math.ceil(total / 4), from: now - 25 * day, until: now - 1000 });
  await pool.query('VACUUM ANALYZE');
  const first = await browser.newPage();
  await signIn(first, { url: running.url, secret });
  const cookies = await first.context().cookies();
  await first.context().close();
  console.log(`${total} jobs in the database; medians of ${runs}, milliseconds`);
  console.log(`${'page'.padEnd(26)} ${'first paint'.padStart(12)} ${'rows'.padStart(8)}`);
  for (const place of Object.keys(pages)) {
    const measured: Measured[] = [];
    for (let run = 0; run < runs; run++) measured.push(await measure(browser, running.url, place, cookies));
    const [paint, rows] = [median(measured.map((each) => each.paint)), median(measured.map((each) => each.rows))];
    console.log(`${`#/${place}`.padEnd(26)} ${paint.toFixed(0).padStart(12)} ${rows.toFixed(0).padStart(8)}`);
    if (!(rows <= limit)) process.exitCode = 1;
  }
} finally {
  await browser.close();
  await running.stop();
  await maintain(`DROP DATABASE ${name} WITH (FORCE)`);
  await rm(folder, { recursive: true });
}
