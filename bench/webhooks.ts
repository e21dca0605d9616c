import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createDataFolder } from '../test/support/embedded-data-folder.js';
import { completed, signed } from '../test/support/zoom-events.js';

/**
 * Signed webhooks of completed recordings at a steady rate, each stored before it is answered; then the server is killed (-9) in the middle of more of
 * them, and started again. Prints how long the answers took before that, and whether all that was acknowledged is there, once.
 * `tsx bench/webhooks.ts [a second] [seconds] [server]`; with a third argument on the PostgreSQL server of REELWAY_BENCH_DATABASE_URL.
 */
const [perSecond = 200, seconds = 30] = process.argv.slice(2, 4).map(Number);
const onServer = process.argv[4] !== undefined;
const maintenance = process.env.REELWAY_BENCH_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const name = `reelway_bench_${process.pid}`;
const secret = 'webhook-secret';
const token = 'a-secret-of-the-bench';
// Below those that the system gives to outgoing connections.
const port = 20_000 + (process.pid % 12_000);
const origin = `http://127.0.0.1:${port}`;
const folder = await createDataFolder();

async function maintain(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: maintenance });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

function start(): ChildProcess {
  return spawn(process.execPath, ['bin/reelway.js', 'serve'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...{
        PATH: process.env.PATH,
        REELWAY_DATA_DIR: folder.dataFolder,
        REELWAY_PORT: String(port),
        LOG_LEVEL: 'silent',
      },
      ...{ WEBHOOK_VALIDATION_SECRET_TOKEN: secret, REELWAY_API_TOKENS: `bench:${token}` },
      ...(onServer && { DATABASE_URL: Object.assign(new URL(maintenance), { pathname: `/${name}` }).href }),
    },
  });
}

async function ready(): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`The server ended with ${server.exitCode}.`);
    const answer = await fetch(`${origin}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
const acknowledged = new Set<string>();

/** milliseconds without anything new after which what is missing is lost; longer than anybody's lease */
const standstillMs = 60_000;

/** @returns whether it was acknowledged */
function send(uuid: string): Promise<boolean> {
  const body = completed({ uuid });
  return new Promise((resolve) => {
    const request = http.request(`${origin}/new_recording`, { method: 'POST', agent, headers: signed(body, secret) });
    request.on('error', () => resolve(false));
    request.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
      response.on('error', () => resolve(false));
    });
    request.end(body);
  });
}

/** Sends at the rate. @returns milliseconds from when each was due to its answer */
async function storm(label: string, long: number, kill?: () => void): Promise<number[]> {
  const took: number[] = [];
  const pending: Promise<void>[] = [];
  const began = performance.now();
  for (let n = 0; n < perSecond * long; n++) {
    const due = began + (n * 1000) / perSecond;
    if (due > performance.now()) await sleep(due - performance.now());
    if (kill && n === Math.floor((perSecond * long) / 2)) kill();
    const uuid = `${label} ${n}==`;
    pending.push(
      send(uuid).then((isAcknowledged) => {
        if (!isAcknowledged) return;
        acknowledged.add(uuid);
        took.push(performance.now() - due);
      }),
    );
  }
  await Promise.all(pending);
  return took.sort((a, b) => a - b);
}

async function recordingsWithIngests(): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (let cursor: string | null = ''; cursor !== null;) {
    const path = `/api/recordings?limit=500${cursor && `&cursor=${cursor}`}`;
    const answer = await fetch(origin + path, { headers: { authorization: `Bearer ${token}` } });
    const page = (await answer.json()) as { recordings: { uuid: string; ingests: unknown[] }[]; next: string | null };
    for (const { uuid, ingests } of page.recordings) found.set(uuid, ingests.length);
    cursor = page.next;
  }
  return found;
}

if (onServer) await maintain(`CREATE DATABASE ${name}`);
let server = start();
try {
  await ready();
  await storm('warm', 2);
  const took = await storm('steady', seconds);
  const at = (part: number) => (took[Math.floor(took.length * part)] ?? NaN).toFixed(0);
  console.log(
    `${perSecond}/s for ${seconds} s on ${onServer ? 'PostgreSQL' : 'the embedded database'}: ${took.length} of ${perSecond * seconds} acknowledged`,
  );
  console.log(`answered after ms: median ${at(0.5)}, p99 ${at(0.99)}, worst ${(took.at(-1) ?? NaN).toFixed(0)}`);

  await storm('killed', 4, () => void server.kill('SIGKILL'));
  if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  server = start();
  await ready();
  const again = performance.now();
  let [found, moved] = [await recordingsWithIngests(), performance.now()];
  const missing = () => [...acknowledged].filter((uuid) => !found.has(uuid)).length;
  // Lost is what does not come though nothing else is under way any more; how long that takes is printed.
  while (missing() > 0 && performance.now() - moved < standstillMs) {
    await sleep(1000);
    const before = found.size;
    found = await recordingsWithIngests();
    if (found.size > before) moved = performance.now();
  }
  const lost = missing();
  const doubled = [...found.values()].filter((ingests) => ingests !== 1).length;
  console.log(
    `${acknowledged.size} acknowledged in all, with a kill -9 in the middle: ${lost} lost, ${doubled} with more than one ingest`,
  );
  console.log(`worked off ${((moved - again) / 1000).toFixed(0)} s after the restart`);
} finally {
  server.kill('SIGTERM');
  if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  agent.destroy();
  await folder.remove();
  if (onServer) await maintain(`DROP DATABASE ${name} WITH (FORCE)`);
}
