import { createServer } from 'node:http';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { measure, type Measurement } from './measure.js';

/**
 * `reelway harvest` from an origin on loopback, which runs in a thread of this process and answers from memory: many small objects, and
 * large ones, and `aria2c -j16` of the same list in turn. Prints objects/s, MB/s, CPU s/GB, and peak memory of each. aria2c makes no digests.
 *
 *   npx tsx bench/harvest.ts [--runs N] [--shape name]
 */

interface Shape {
  readonly name: string;
  readonly objects: number;
  /** bytes of each */
  readonly size: number;
}

const shapes: readonly Shape[] = [
  { name: '10,000 of 4 KiB', objects: 10_000, size: 4096 },
  { name: '1,000 of 1 MB', objects: 1000, size: 1_000_000 },
  { name: '5,000 of 1 MB', objects: 5000, size: 1_000_000 },
  { name: '40 of 50 MB', objects: 40, size: 50_000_000 },
];

if (isMainThread) await main();
else serve(workerData as Shape);

async function main(): Promise<void> {
  const at = process.argv.indexOf('--runs');
  const runs = at === -1 ? 3 : Number(process.argv[at + 1]);
  const wanted = process.argv.indexOf('--shape');
  for (const shape of shapes.filter(({ name }) => wanted === -1 || name === process.argv[wanted + 1])) {
    const origin = new Worker(new URL(import.meta.url), {
      workerData: shape,
      execArgv: ['--import', new URL('../test/support/load-typescript.mjs', import.meta.url).href],
    });
    const [port] = (await once(origin, 'message')) as [number];
    const ours: Measurement[] = [];
    const peers: Measurement[] = [];
    for (let run = 0; run < runs; run++) {
      ours.push(await harvestOnce(port));
      peers.push(await aria2Once(port, shape));
    }
    await origin.terminate();
    show(shape, 'reelway', ours);
    show(shape, 'aria2c', peers);
  }
}

function show(shape: Shape, who: string, results: readonly Measurement[]): void {
  const middle = results.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(results.length / 2)]!;
  const megabytes = (shape.objects * shape.size) / 1e6;
  console.log(
    `${who.padEnd(8)} ${shape.name.padEnd(16)} ${(shape.objects / middle.seconds).toFixed(0)} objects/s  ${(megabytes / middle.seconds).toFixed(0)} MB/s  ` +
      `${middle.cpuSeconds.toFixed(1)} CPU s (${(middle.cpuSeconds / (megabytes / 1000)).toFixed(2)}/GB)  ${middle.peakMiB.toFixed(0)} MiB`,
  );
}

async function harvestOnce(port: number) {
  const out = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'reelway-bench-'));
  try {
    const program = path.resolve(import.meta.dirname, '../bin/reelway.js');
    return await measure([process.execPath, program, 'harvest', `http://127.0.0.1:${port}/index.m3u8`, '--out', out]);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

async function aria2Once(port: number, { objects }: Shape): Promise<Measurement> {
  const out = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'reelway-bench-'));
  try {
    const list = path.join(out, 'list');
    const lines = Array.from({ length: objects }, (_, n) => `http://127.0.0.1:${port}/segments/${n}.ts`);
    writeFileSync(list, lines.join('\n'));
    return await measure(['aria2c', '-q', '-j16', '--file-allocation=none', '-d', out, '-i', list]);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function serve({ objects, size }: Shape): void {
  const segment = Buffer.alloc(size, 'G');
  const lines = Array.from({ length: objects }, (_, n) => `#EXTINF:4,\nsegments/${n}.ts`);
  const playlist = ['#EXTM3U', '#EXT-X-TARGETDURATION:4', ...lines, '#EXT-X-ENDLIST'].join('\n');
  const server = createServer((request, response) => {
    const body = request.url === '/index.m3u8' ? playlist : segment;
    response.writeHead(200, { 'content-length': body.length, etag: '"1"' }).end(body);
  });
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));
}
