import { describe, expect, it, vi } from 'vitest';
import { smallMp4 } from '../../test/support/small-mp4.js';
import { Failure } from '../domain/failure.js';
import { localStore } from '../storage/local.js';
import type { ObjectStore } from '../storage/object-store.js';
import { fetching, key, sendVideo, sha256, video, zoom, type Asked } from './download-under-test.case.js';

async function contents(store: ObjectStore, of = key): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of (await store.get(of)).body) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Sends so many bytes, then the connection ends. */
function cutAfter({ response, from = 0 }: Asked, bytes: number, headers: Record<string, string | number> = {}): void {
  response.writeHead(from === 0 ? 200 : 206, {
    'content-length': video.length - from,
    ...(from > 0 && { 'content-range': `bytes ${from}-${video.length - 1}/${video.length}` }),
    ...headers,
  });
  response.write(video.subarray(from, from + bytes), () => setTimeout(() => response.destroy(), 5));
}

describe('downloading a file of a recording', () => {
  it('stores it with size, digest and duration, and does not fetch it again', async () => {
    const server = await zoom((asked) => sendVideo(asked));
    const { run, store } = await fetching(server.origin);
    const whole = { key, size: video.length, digest: sha256, durationMs: 61_000 };
    expect(await run()).toEqual(whole);
    expect((await contents(store)).equals(video)).toBe(true);
    expect(await run()).toEqual(whole);
    expect(server.requests).toHaveLength(1);
  });

  it('stores it so that it outlives a loss of power: Zoom may have deleted it by then', async () => {
    const server = await zoom((asked) => sendVideo(asked));
    const { run, store } = await fetching(server.origin);
    const put = vi.spyOn(store, 'put');
    await run();
    expect(put.mock.calls.map(([stored, , options]) => [stored, options?.durable])).toEqual([[key, true]]);
  });

  it('goes on where the connection broke, with a fresh token each time', async () => {
    const seen: [number | undefined, string | undefined, string | undefined][] = [];
    const server = await zoom((asked) => {
      seen.push([asked.from, asked.authorization, asked.request.headers['if-range'] as string | undefined]);
      if (asked.count < 3) cutAfter(asked, 1_000_000, { etag: '"v1"' });
      else sendVideo(asked, { etag: '"v1"' });
    });
    const { run, store } = await fetching(server.origin);
    expect(await run()).toMatchObject({ digest: sha256 });
    expect((await contents(store)).equals(video)).toBe(true);
    expect(seen.map(([, token]) => token)).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-3']);
    expect(seen[0]![0]).toBeUndefined();
    expect(seen[1]![0]).toBeGreaterThan(0);
    expect(seen[2]![0]).toBeGreaterThan(seen[1]![0]!);
    expect(seen[1]![2]).toBe('"v1"');
  });

  it('a server that does not know ranges sends all again, and the same bytes are let go', async () => {
    const server = await zoom((asked) => {
      if (asked.count === 1) cutAfter(asked, 1_000_000);
      else sendVideo({ response: asked.response, from: undefined });
    });
    const { run } = await fetching(server.origin);
    expect(await run()).toMatchObject({ digest: sha256 });
  });

  const replaced: [string, (asked: Asked) => void][] = [
    ['by its bytes', ({ response }) => void response.end(smallMp4({ mediaBytes: 3_000_000 }))],
    ['by its tag', (asked) => sendVideo(asked, { etag: '"v2"' })],
    ['by its size', ({ response }) => void response.writeHead(206, { 'content-range': 'bytes 5-9/10' }).end('12345')],
  ];
  it.each(replaced)('one that was replaced meanwhile is not patched together: noticed %s', async (_, second) => {
    const server = await zoom((asked) => {
      if (asked.count === 1) cutAfter(asked, 1_000_000, { etag: '"v1"' });
      else second(asked);
    });
    const { run, store } = await fetching(server.origin);
    await expect(run()).rejects.toMatchObject({ code: 'recording_file_damaged', kind: 'passing' });
    expect(await store.head(key)).toBeUndefined();
  });

  it('gives up when the connection breaks again and again without a byte more', async () => {
    const server = await zoom(({ response }) => void response.destroy());
    const { run } = await fetching(server.origin);
    await expect(run()).rejects.toMatchObject({ code: 'source_unavailable' });
    expect(server.requests).toHaveLength(4);
  });

  const refusals: [string, (asked: Asked) => void][] = [
    ['401', ({ response }) => void response.writeHead(401).end()],
    [
      'a page with status 200',
      ({ response }) => void response.writeHead(200, { 'content-type': 'text/html; charset=UTF-8' }).end('<html>'),
    ],
    [
      'a page that claims to be a video',
      ({ response }) =>
        void response
          .writeHead(200, { 'content-type': 'video/mp4' })
          .end(`<!DOCTYPE html>${'x'.repeat(video.length)}`.slice(0, video.length)),
    ],
    [
      'a message in JSON',
      ({ response }) => void response.end('{"status":false,"errorCode":124,"errorMessage":"Forbidden"}'),
    ],
  ];
  it.each(refusals)('%s is answered by a fresh token once, then believed', async (_, refuse) => {
    const server = await zoom((asked) => (asked.count === 1 ? refuse(asked) : sendVideo(asked)));
    const size = refuse === refusals[3]![1] ? undefined : video.length;
    const { run } = await fetching(server.origin, { size });
    expect(await run()).toMatchObject({ digest: sha256 });

    const always = await zoom(refuse);
    const { run: again, store, tokens } = await fetching(always.origin, { size });
    await expect(again()).rejects.toMatchObject({ code: 'recording_file_damaged' });
    expect(tokens()).toBe(2);
    expect(await store.head(key)).toBeUndefined();
  });

  it('the 59 bytes of an error message are not the file that was announced', async () => {
    const server = await zoom(
      ({ response }) => void response.end('{"status":false,"errorCode":124,"errorMessage":"Forbidden"}'),
    );
    const { run } = await fetching(server.origin);
    await expect(run()).rejects.toThrow(/59 bytes where \d+ were announced/);
  });

  it('a wrong size is noticed, also when the server does not tell', async () => {
    const server = await zoom(({ response }) => {
      response.write(video);
      response.end('and more');
    });
    const { run, store } = await fetching(server.origin);
    await expect(run()).rejects.toThrow(/more than the \d+ bytes/);
    expect(await store.head(key)).toBeUndefined();
  });

  it('a container that cannot be read is not kept', async () => {
    const broken = Buffer.from(video);
    broken.write('free', broken.indexOf('moov'));
    const server = await zoom(({ response }) => void response.end(broken));
    const { run, store } = await fetching(server.origin);
    await expect(run()).rejects.toThrow(/container cannot be read \(it has no moov box\)/);
    expect(await store.head(key)).toBeUndefined();
  });

  it.each([404, 410])('%i: Zoom has it no more, for good', async (status) => {
    const server = await zoom(({ response }) => void response.writeHead(status).end());
    const { run } = await fetching(server.origin);
    await expect(run()).rejects.toMatchObject({ code: 'source_not_found', kind: 'permanent' });
    expect(server.requests).toHaveLength(1);
  });

  it.each<[number, Record<string, string>]>([
    [429, { 'retry-after': '1' }],
    [503, {}],
  ])('%i is waited out', async (status, headers) => {
    let first = 0;
    const server = await zoom((asked) => {
      if (asked.count > 1) return sendVideo(asked);
      first = Date.now();
      asked.response.writeHead(status, headers).end();
    });
    const { run } = await fetching(server.origin);
    expect(await run()).toMatchObject({ digest: sha256 });
    if (headers['retry-after'] !== undefined) expect(Date.now() - first).toBeGreaterThanOrEqual(1000);
  });

  it("a Retry-After beyond patience is the workflow's business", async () => {
    const server = await zoom(({ response }) => void response.writeHead(429, { 'retry-after': '3600' }).end());
    const { run } = await fetching(server.origin);
    await expect(run()).rejects.toMatchObject({ code: 'source_unavailable' });
    expect(server.requests).toHaveLength(1);
  });

  it('a full storage is said as such, and nothing is left behind', async () => {
    const server = await zoom((asked) => sendVideo(asked));
    const full: ObjectStore = {
      ...localStore({ folder: '/nonexistent' }),
      head: () => Promise.resolve(undefined),
      put: async (_, body) => {
        for await (const piece of body as AsyncIterable<Uint8Array>) if (piece.length > 0) break;
        throw new Failure('storage_full', 'No room.');
      },
    };
    const { run } = await fetching(server.origin, { store: full });
    await expect(run()).rejects.toMatchObject({ code: 'storage_full', kind: 'passing' });
  });

  it('ends when it is cancelled', async () => {
    const abort = new AbortController();
    const server = await zoom((asked) => {
      asked.response.writeHead(200, { 'content-length': video.length });
      asked.response.write(video.subarray(0, 1_000_000), () => abort.abort(new Error('cancelled')));
    });
    const { run, store } = await fetching(server.origin, { signal: abort.signal });
    await expect(run()).rejects.toThrow('cancelled');
    expect(await store.head(key)).toBeUndefined();
  });

  it('takes text as it comes, and looks whether captions are captions', async () => {
    const server = await zoom(
      ({ response, request }) => void response.end(request.url!.includes('bad') ? 'hello' : 'WEBVTT\n'),
    );
    const locate = (name: string) => () => Promise.resolve({ url: `${server.origin}/${name}`, bearer: undefined });
    const transcript = { fileType: 'TRANSCRIPT', size: undefined, key: 'a.vtt' };
    const { run } = await fetching(server.origin, { ...transcript, locate: locate('good') });
    expect(await run()).toMatchObject({ key: 'a.vtt', size: 7 });
    const { run: bad } = await fetching(server.origin, { ...transcript, locate: locate('bad') });
    await expect(bad()).rejects.toThrow(/WebVTT/);
  });
});

it('failures of a download hold no address with its secrets and no token', async () => {
  const server = await zoom(({ response }) => void response.writeHead(400).end('no'));
  const { run } = await fetching(server.origin);
  const failure = (await run().catch((error: unknown) => error)) as Failure;
  expect(failure.code).toBe('source_forbidden');
  expect(JSON.stringify([failure.message, failure.details])).not.toMatch(/hunter2|token-/);
});
