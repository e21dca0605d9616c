import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { StandInObject } from '../test/support/s3-objects.js';
import { startS3Server } from '../test/support/s3-server.js';
import { measure } from './measure.js';

/**
 * `reelway harvest` of large objects from an origin on loopback to the S3 stand-in, which answers late: what it holds in memory meanwhile. Origin and
 * S3 are processes of their own. `--concurrency` is the number of objects under way; 200 are those of ten harvests of a server at once.
 *
 *   npx tsx bench/harvest-s3.ts [--objects 64] [--megabytes 64] [--late milliseconds, 1000] [--concurrency 16]
 */

const self = ['--import', new URL('../test/support/load-typescript.mjs', import.meta.url).href, import.meta.filename];
const program = path.resolve(import.meta.dirname, '../bin/reelway.js');

async function main(): Promise<void> {
  const given = (name: string, otherwise: number): number => {
    const at = process.argv.indexOf(`--${name}`);
    return at === -1 ? otherwise : Number(process.argv[at + 1]);
  };
  const [objects, megabytes, late, concurrency] = [
    given('objects', 64),
    given('megabytes', 64),
    given('late', 1000),
    given('concurrency', 16),
  ];
  const origin = await start('origin', objects, megabytes * 1e6);
  const s3 = await start('s3', late);
  const { endpoint, accessKeyId, secretAccessKey } = JSON.parse(s3.said) as Record<string, string>;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: 'us-east-1',
  });
  try {
    const { seconds, cpuSeconds, peakMiB } = await measure([
      ...[process.execPath, program, 'harvest', `http://127.0.0.1:${origin.said}/index.m3u8`],
      ...['--out', 's3://media/mirror', '--concurrency', String(concurrency)],
    ]);
    const gigabytes = (objects * megabytes) / 1000;
    console.log(
      `${objects} objects of ${megabytes} MB, ${concurrency} at once, answers ${late} ms late: ${((gigabytes * 1000) / seconds).toFixed(0)} MB/s  ` +
        `${(cpuSeconds / gigabytes).toFixed(2)} CPU s/GB  peak ${peakMiB.toFixed(0)} MiB`,
    );
  } finally {
    origin.process.kill();
    s3.process.kill();
  }
}

async function start(role: string, ...options: number[]): Promise<{ process: ChildProcess; said: string }> {
  const started = spawn(process.execPath, [...self, role, ...options.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(started.stdout, 'data')) as [Buffer];
  return { process: started, said: said.toString().trim() };
}

function serveOrigin(objects: number, size: number): void {
  const segment = Buffer.alloc(size, 'G');
  const lines = Array.from({ length: objects }, (_, n) => `#EXTINF:4,\nsegments/${n}.ts`);
  const playlist = ['#EXTM3U', '#EXT-X-TARGETDURATION:4', ...lines, '#EXT-X-ENDLIST'].join('\n');
  const server = createServer((request, response) => {
    const body = request.url === '/index.m3u8' ? playlist : segment;
    response.writeHead(200, { 'content-length': body.length, etag: '"1"' }).end(body);
  });
  server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
}

/** Keeps of each object what lists tell of it. */
class Forgetful extends Map<string, StandInObject> {
  override set(key: string, object: StandInObject): this {
    const large = object.bytes.length > 1e6;
    return super.set(key, large ? { ...object, bytes: Buffer.alloc(0) } : object);
  }
}

async function serveS3(milliseconds: number): Promise<void> {
  const server = await startS3Server();
  server.buckets.set('media', new Forgetful());
  server.fault = ({ method }) => (method === 'PUT' ? { kind: 'late', milliseconds } : undefined);
  console.log(JSON.stringify({ endpoint: server.endpoint, ...server.credentials }));
}

const [, , role, ...rest] = process.argv;
if (role === 'origin') serveOrigin(Number(rest[0]), Number(rest[1]));
else if (role === 's3') await serveS3(Number(rest[0]));
else await main();
