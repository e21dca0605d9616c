import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { measure, type Measurement } from './measure.js';

/**
 * `reelway harvest` from an origin on loopback, which is a process of its own and answers from memory: many small objects, and large ones, in
 * turn with `aria2c -j16` of the same list, which makes no digests; with `aria2c` and then `sha256sum`; and with whole files, one request after the other into memory and from there into
 * the destination, as packaged-vod-downloader does it. Prints objects/s, MB/s, CPU s/GB, and peak memory of each.
 *
 *   npx tsx bench/harvest.ts [--runs N] [--shape name]
 */

interface Shape {
  readonly name: string;
  readonly objects: number;
  /** bytes of each */
  readonly size: number;
  /** milliseconds until the origin answers, as one that is not on this machine; absent: at once */
  readonly late?: number;
}

const shapes: readonly Shape[] = [
  { name: '10,000 of 4 KiB', objects: 10_000, size: 4096 },
  { name: '1,000 of 1 MB', objects: 1000, size: 1_000_000 },
  { name: '5,000 of 1 MB', objects: 5000, size: 1_000_000 },
  { name: '40 of 50 MB', objects: 40, size: 50_000_000 },
  { name: '1,000 of 1 MB, 10 ms away', objects: 1000, size: 1_000_000, late: 10 },
];

/** How this program is started again. */
const self = ['--import', new URL('../test/support/load-typescript.mjs', import.meta.url).href, import.meta.filename];

const program = path.resolve(import.meta.dirname, '../bin/reelway.js');

const [, , role, ...rest] = process.argv;
if (role === 'origin') serve({ name: '', objects: Number(rest[0]), size: Number(rest[1]), late: Number(rest[2]) });
else if (role === 'whole-files') await wholeFiles(rest[0] ?? '', Number(rest[1]), rest[2] ?? '');
else await main();

async function main(): Promise<void> {
  const at = process.argv.indexOf('--runs');
  const runs = at === -1 ? 3 : Number(process.argv[at + 1]);
  const wanted = process.argv.indexOf('--shape');
  for (const shape of shapes.filter(({ name }) => wanted === -1 || name === process.argv[wanted + 1])) {
    const described = [shape.objects, shape.size, shape.late ?? 0].map(String);
    const origin = spawn(process.execPath, [...self, 'origin', ...described], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(origin.stdout, 'data')) as [Buffer];
    const address = `http://127.0.0.1:${Number(said.toString())}`;
    const ways: Record<string, Measurement[]> = {};
    for (let run = 0; run < runs; run++) {
      for (const [name, command] of Object.entries(waysOf(address, shape)))
        (ways[name] ??= []).push(await intoFolder(command));
    }
    origin.kill();
    for (const [name, results] of Object.entries(ways)) show(shape, name, results);
  }
}

type CommandFor = (out: string) => readonly string[];

function waysOf(address: string, { objects }: Shape): Record<string, CommandFor> {
  const aria2c = (out: string): string[] => {
    const lines = Array.from({ length: objects }, (_, n) => `${address}/segments/${n}.ts`);
    writeFileSync(path.join(out, 'list'), lines.join('\n'));
    return ['aria2c', '-q', '-j16', '--file-allocation=none', '-d', out, '-i', path.join(out, 'list')];
  };
  const digesting =
    'set -e; out=$1; shift; "$@"; find "$out" -name "*.ts" -print0 | xargs -0 -P2 -n64 sha256sum > "$out/digests"';
  return {
    reelway: (out) => [process.execPath, program, 'harvest', `${address}/index.m3u8`, '--out', out],
    aria2c: aria2c,
    'aria2c, sha256sum': (out) => ['bash', '-c', digesting, 'bash', out, ...aria2c(out)],
    'whole files': (out) => [process.execPath, ...self, 'whole-files', address, String(objects), out],
  };
}

async function intoFolder(command: CommandFor): Promise<Measurement> {
  const out = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'reelway-bench-'));
  try {
    return await measure(command(out));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** A request for each file, its answer whole in memory, and written from there; without digests. */
async function wholeFiles(address: string, objects: number, out: string): Promise<void> {
  for (let n = 0; n < objects; n++) {
    const response = await fetch(`${address}/segments/${n}.ts`);
    writeFileSync(path.join(out, `${n}.ts`), Buffer.from(await response.arrayBuffer()));
  }
}

function show(shape: Shape, who: string, results: readonly Measurement[]): void {
  const middle = results.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(results.length / 2)]!;
  const megabytes = (shape.objects * shape.size) / 1e6;
  console.log(
    `${who.padEnd(17)} ${shape.name.padEnd(16)} ${(shape.objects / middle.seconds).toFixed(0)} objects/s  ${(megabytes / middle.seconds).toFixed(0)} MB/s  ` +
      `${middle.cpuSeconds.toFixed(1)} CPU s (${(middle.cpuSeconds / (megabytes / 1000)).toFixed(2)}/GB)  ${middle.peakMiB.toFixed(0)} MiB`,
  );
}

function serve({ objects, size, late }: Shape): void {
  const segment = Buffer.alloc(size, 'G');
  const lines = Array.from({ length: objects }, (_, n) => `#EXTINF:4,\nsegments/${n}.ts`);
  const playlist = ['#EXTM3U', '#EXT-X-TARGETDURATION:4', ...lines, '#EXT-X-ENDLIST'].join('\n');
  const server = createServer((request, response) => {
    const body = request.url === '/index.m3u8' ? playlist : segment;
    const answer = (): void => void response.writeHead(200, { 'content-length': body.length, etag: '"1"' }).end(body);
    if (late) setTimeout(answer, late);
    else answer();
  });
  server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
}
