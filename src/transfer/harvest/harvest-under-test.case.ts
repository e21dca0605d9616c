import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, onTestFinished } from 'vitest';
import { loopbackServer, type LoopbackServer } from '../../../test/support/http-server.js';
import { pace } from '../../net/pace.js';
import { httpClient } from '../../net/request.js';
import { trusting } from '../../net/safe-url.js';
import { localStore } from '../../storage/local.js';
import { defaultPatience } from './attempts.js';
import { harvest, type HarvestJob, type HarvestPorts, type HarvestResult } from './harvest.js';

export type Respond = (request: IncomingMessage, response: ServerResponse) => void;
export type Files = Record<string, string | Buffer | Respond>;

/** An origin with entity tags, conditions and ranges; a file may be a function that misbehaves. */
export function origin(files: Files): Promise<LoopbackServer> {
  return loopbackServer((request, response) => {
    const file = files[request.url ?? ''];
    if (typeof file === 'function') return file(request, response);
    if (file === undefined) return void response.writeHead(404).end('not here');
    const body = Buffer.from(file);
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
    const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
    if (from !== undefined && request.headers['if-range'] === etag) {
      const range = `bytes ${from}-${body.length - 1}/${body.length}`;
      return void response.writeHead(206, { etag, 'content-range': range }).end(body.subarray(Number(from)));
    }
    response.writeHead(200, { etag, 'content-length': body.length, 'content-type': 'binary/octet-stream' }).end(body);
  });
}

export const segment = (name: string, size = 5000): Buffer =>
  Buffer.concat([Buffer.from('G'), Buffer.alloc(size - 1, name)]);

export function smallPresentation(): Files {
  return {
    '/v/index.m3u8': '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n1/p.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\n2/p.m3u8?m=7\n',
    '/v/1/p.m3u8': media('#EXT-X-KEY:METHOD=AES-128,URI="../k/key"', '#EXTINF:4,', 'a.ts', '#EXTINF:4,', 'b.ts'),
    '/v/2/p.m3u8?m=7': media('#EXTINF:4,', 'a.ts?m=7', '#EXTINF:4,', 'b.ts?m=7'),
    // Begins as a transport stream would.
    '/v/k/key': Buffer.alloc(16, 'G'),
    '/v/1/a.ts': segment('1a'),
    '/v/1/b.ts': segment('1b'),
    '/v/2/a.ts?m=7': segment('2a', 400_000),
    '/v/2/b.ts?m=7': segment('2b', 2_500_000),
  };
}
export const keysOfSmall = ['1/a.ts', '1/b.ts', '1/p.m3u8', '2/a.ts', '2/b.ts', '2/p.m3u8', 'index.m3u8', 'k/key'];

export function media(...lines: string[]): string {
  return ['#EXTM3U', '#EXT-X-TARGETDURATION:4', ...lines, '#EXT-X-ENDLIST', ''].join('\n');
}

const quick = { ...defaultPatience, firstDelay: 1, longestDelay: 20 };

interface Overrides extends Partial<HarvestJob> {
  readonly ports?: Partial<HarvestPorts>;
  readonly idle?: number;
}

/** Harvests into a folder of their own, for the tests of the file in which it is called. */
export function harvestUnderTest() {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reelway-harvest-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
  });

  function mirror(
    server: LoopbackServer,
    path: string,
    { ports, idle, ...job }: Overrides = {},
  ): Promise<HarvestResult> {
    const url = server.origin + path;
    const client = httpClient({ policy: trusting(url, { privateHosts: [] }), timeouts: { idle: idle ?? 2000 } });
    onTestFinished(() => client.close());
    const own = { url, subject: 'test', store: localStore({ folder }), folder: 'm' };
    return harvest(
      { client, pace: pace({ concurrency: 8 }), concurrency: 8, patience: quick, ...ports },
      { ...own, ...job },
      () => undefined,
    );
  }

  async function stored(): Promise<string[]> {
    const entries = await readdir(join(folder, 'm'), { recursive: true, withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, 'm').length + 1))
      .sort();
  }

  return {
    /** of the running test; what is harvested goes into `m` below it */
    get folder() {
      return folder;
    },
    mirror,
    stored,
  };
}
