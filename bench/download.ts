import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parsePrivateHost } from '../src/net/private-hosts.js';
import { httpClient } from '../src/net/request.js';
import { probeMovie } from '../src/packager/isobmff/probe-movie.js';
import { localStore } from '../src/storage/local.js';
import { downloader } from '../src/transfer/download.js';
import { smallMp4 } from '../test/support/small-mp4.js';
import { median } from './measure.js';

/**
 * A file of a recording over loopback: ours, with SHA-256 and the look into the container, against `curl -o`, which takes no digest; in turn.
 * `tsx bench/download.ts [MB] [pairs]`. The server and each downloader are processes of their own.
 */
const [role = '1000', ...rest] = process.argv.slice(2);
const megabyte = 1_000_000;

if (role === 'serve') await serve(rest[0] ?? '');
else if (role === 'download') await downloadOnce(rest[0] ?? '', rest[1] ?? '');
else await compare(Number(role), Number(rest[0] ?? 5));

async function compare(size: number, pairs: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'reelway-bench-'));
  const file = join(folder, 'recording.mp4');
  await makeFile(file, size);
  const { size: bytes } = await stat(file);
  const server = run('serve', file);
  try {
    const [first] = (await once(server.stdout, 'data')) as [Buffer];
    const url = first.toString().trim();
    const ours: Timed[] = [];
    const curls: Omit<Timed, 'peakMiB'>[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      ours.push(JSON.parse(await text(run('download', url, join(folder, `ours-${pair}`)).stdout)) as Timed);
      curls.push(await curl(url, join(folder, 'curl.mp4')));
      await rm(join(folder, `ours-${pair}`), { recursive: true });
    }
    const rate = (seconds: number): number => bytes / megabyte / seconds;
    const ratios = ours.map(({ seconds }, index) => (curls[index]?.seconds ?? NaN) / seconds);
    const cpu = (all: readonly Pick<Timed, 'cpuSeconds'>[]): string =>
      (median(all.map(({ cpuSeconds }) => cpuSeconds)) / (bytes / 1e9)).toFixed(2);
    console.log(`${Math.round(bytes / megabyte)} MB, ${pairs} pairs`);
    console.log(
      `ours: ${rate(median(ours.map(({ seconds }) => seconds))).toFixed(0)} MB/s, ${cpu(ours)} CPU s/GB, peak ${Math.max(...ours.map(({ peakMiB }) => peakMiB)).toFixed(0)} MiB`,
    );
    console.log(`curl: ${rate(median(curls.map(({ seconds }) => seconds))).toFixed(0)} MB/s, ${cpu(curls)} CPU s/GB`);
    console.log(`ours to curl: ${median(ratios).toFixed(2)}`);
  } finally {
    server.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Timed {
  readonly seconds: number;
  readonly peakMiB: number;
  /** of the process, all threads */
  readonly cpuSeconds: number;
}

function run(...parameters: string[]) {
  const script = fileURLToPath(import.meta.url);
  return spawn(process.execPath, ['--import', 'tsx', script, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function makeFile(path: string, size: number): Promise<void> {
  const head = smallMp4({ mediaBytes: size * megabyte });
  const out = createWriteStream(path);
  out.end(head);
  await finished(out);
}

async function serve(path: string): Promise<void> {
  const { size } = await stat(path);
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': size });
    createReadStream(path, { highWaterMark: 1024 * 1024 }).pipe(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/recording.mp4`);
}

async function downloadOnce(url: string, folder: string): Promise<void> {
  const http = httpClient({
    policy: { privateHosts: [parsePrivateHost('127.0.0.1')].filter((host) => host !== undefined) },
  });
  const download = downloader({ http, hosts: [new URL(url).host], store: localStore({ folder }), probe: probeMovie });
  const cpu = process.cpuUsage();
  const started = performance.now();
  await download({
    ...{ name: 'bench', fileType: 'MP4', key: 'recording.mp4', size: undefined },
    locate: () => Promise.resolve({ url, bearer: undefined }),
  });
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const status = await readFile('/proc/self/status', 'utf8');
  const peakMiB = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
  console.log(JSON.stringify({ seconds, peakMiB, cpuSeconds: (user + system) / 1e6 }));
  http.close();
}

/** Seconds of the transfer by curl's own clock, and its processor time by the shell's. */
async function curl(url: string, to: string): Promise<Omit<Timed, 'peakMiB'>> {
  const script = 'TIMEFORMAT="%U %S"; time curl -sS -o "$1" -w "%{time_total}\\n" "$2"';
  const child = spawn('bash', ['-c', script, 'curl', to, url], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [said, time] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [user, system] = time.trim().split(' ').map(Number);
  return { seconds: Number(said), cpuSeconds: (user ?? NaN) + (system ?? NaN) };
}
