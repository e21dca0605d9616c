import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { loopbackServer } from '../../test/support/http-server.js';
import { smallMp4 } from '../../test/support/small-mp4.js';
import { parsePrivateHost } from '../net/private-hosts.js';
import { httpClient } from '../net/request.js';
import { probeMovie } from '../packager/isobmff/probe-movie.js';
import { localStore } from '../storage/local.js';
import type { ObjectStore } from '../storage/object-store.js';
import { downloader, type DownloadRequest } from './download.js';

/** A file of a recording, servers that have it, and its download. */

export const video = smallMp4({ durationMs: 61_000, mediaBytes: 3_000_000 });
export const sha256 = `sha256:${createHash('sha256').update(video).digest('hex')}`;
export const key = 'recordings/1/a.mp4';

export interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** from 1 */
  readonly count: number;
  readonly authorization: string | undefined;
  /** start of the range that is asked for */
  readonly from: number | undefined;
}

export async function zoom(answer: (asked: Asked) => void) {
  let count = 0;
  return loopbackServer((request, response) => {
    const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
    const { authorization } = request.headers;
    answer({ request, response, count: ++count, authorization, from: from === undefined ? undefined : Number(from) });
  });
}

export async function fetching(
  origin: string,
  given: Partial<DownloadRequest> & { store?: ObjectStore; hosts?: string[] } = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'reelway-download-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const http = httpClient({ policy: { privateHosts: [parsePrivateHost('127.0.0.1')!] } });
  onTestFinished(() => http.close());
  const { store = localStore({ folder }), hosts = [new URL(origin).host], ...request } = given;
  let tokens = 0;
  const download = downloader({
    http,
    hosts,
    store,
    probe: probeMovie,
    backOff: { tries: 4, firstDelay: 1, longestDelay: 2000 },
  });
  return {
    store,
    tokens: () => tokens,
    run: () =>
      download({
        name: 'file shared_screen of the recording X',
        fileType: 'MP4',
        key,
        size: video.length,
        locate: () => Promise.resolve({ url: `${origin}/rec/download/abc?pwd=hunter2`, bearer: `token-${++tokens}` }),
        ...request,
      }),
  };
}

/** Answers a range as a media server does. */
export function sendVideo(
  { response, from }: Pick<Asked, 'response' | 'from'>,
  headers: Record<string, string> = {},
): void {
  const body = video.subarray(from ?? 0);
  const range = { 'content-range': `bytes ${from}-${video.length - 1}/${video.length}` };
  response.writeHead(from === undefined ? 200 : 206, {
    'content-type': 'video/mp4',
    'content-length': body.length,
    ...(from !== undefined && range),
    ...headers,
  });
  response.end(body);
}
