import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdtempSync, rmSync, existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { measure } from './measure.js';

/**
 * `reelway harvest` from an origin on loopback, which runs in a thread of this process and answers from memory: many small objects, and
 * large ones. Prints objects/s, MB/s, CPU s/GB of the harvester, and its peak memory.
 *
 *   npx tsx bench/harvest.ts [--runs N]
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
  { name: '40 of 50 MB', objects: 40, size: 50_000_000 },
];

if (isMainThread) await main();
else serve(workerData as Shape);

async function main(): Promise<void> {
  const at = process.argv.indexOf('--runs');
  const runs = at === -1 ? 3 : Number(process.argv[at + 1]);
  for (const shape of shapes) {
    const origin = new Worker(new URL(import.meta.url), { workerData: shape, execArgv: ['--import', 'tsx'] });
    const [port] = (await once(origin, 'message')) as [number];
    const results = [];
    for (let run = 0; run < runs; run++) results.push(await harvestOnce(port));
    await origin.terminate();
    const middle = results.sort((a, b) => a.seconds - b.seconds)[Math.floor(results.length / 2)]!;
    const megabytes = (shape.objects * shape.size) / 1e6;
    console.log(
      `${shape.name.padEnd(16)} ${(shape.objects / middle.seconds).toFixed(0)} objects/s  ${(megabytes / middle.seconds).toFixed(0)} MB/s  ` +
        `${middle.cpuSeconds.toFixed(1)} CPU s (${(middle.cpuSeconds / (megabytes / 1000)).toFixed(2)}/GB)  ${middle.peakMiB.toFixed(0)} MiB`,
    );
  }
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
