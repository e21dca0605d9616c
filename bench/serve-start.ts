import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './measure.js';

/** From `reelway serve` to the first 200 of `/readyz`, on a data folder that an earlier start has set up. */
const runs = Number(process.argv[2] ?? 5);
/** milliseconds */
const startLimit = 60_000;

const reelway = fileURLToPath(new URL('../bin/reelway.js', import.meta.url));
const data = await mkdtemp(join(tmpdir(), 'reelway-serve-'));
const port = await freePort();

try {
  console.log(`first start, empty data folder: ${(await startAndStop()).toFixed(2)} s`);
  const seconds: number[] = [];
  for (let i = 0; i < runs; i++) seconds.push(await startAndStop());
  console.log(
    `then, ${runs} starts: median ${median(seconds).toFixed(2)} s, worst ${Math.max(...seconds).toFixed(2)} s`,
  );
} finally {
  await rm(data, { recursive: true, force: true });
}

async function startAndStop(): Promise<number> {
  const env = { ...process.env, REELWAY_DATA_DIR: data, REELWAY_PORT: String(port), REELWAY_HOST: '127.0.0.1' };
  const started = performance.now();
  const server = spawn(process.execPath, [reelway, 'serve'], { env, stdio: 'ignore' });
  const ended = once(server, 'exit');
  try {
    await untilReady(server);
    return (performance.now() - started) / 1000;
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
}

async function untilReady(server: ChildProcess): Promise<void> {
  const deadline = performance.now() + startLimit;
  while (performance.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`reelway serve ended with ${server.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`not ready after ${startLimit / 1000} s`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
