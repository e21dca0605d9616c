import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dashboardServices } from '../../../test/support/dashboard-services.js';
import { emptyAssets } from '../../../test/support/empty-assets.js';
import { emptyEngine } from '../../../test/support/empty-engine.js';
import { packagingGroups } from '../../status/packaging-groups.js';
import { localStore } from '../../storage/local.js';
import type { ApiServer } from '../http-types.js';
import { apiServer, listen, stop } from '../server.js';

const capability = '0123456789abcdef0123456789abcdef';
const segment = Buffer.from('0123456789');

let folder: string;
let app: ApiServer;
let base: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reelway-playback-'));
  const store = localStore({ folder });
  await store.put('vod/a/cmaf/index.m3u8', Buffer.from('#EXTM3U\n'));
  await store.put('vod/a/cmaf/index.mpd', Buffer.from('<MPD/>'));
  await store.put('vod/a/cmaf/video_1/init.mp4', segment);
  await store.put('vod/a/cmaf/video_1/1.m4s', segment);
  await store.put('vod/a/cmaf/video_1/a b%.m4s', segment);
  await store.put('vod/a/cmaf/index.ism/Manifest', Buffer.from('<SmoothStreamingMedia/>'));
  for (const stream of ['video=0', 'audio_2=20000000', 'text=0'])
    await store.put(`vod/a/cmaf/index.ism/QualityLevels(3000000)/Fragments(${stream})`, segment);
  await store.put('vod/a/cmaf/page.html', Buffer.from('<script>alert(1)</script>'));
  await store.put('vod/a/cmaf/.reelway/inventory.json', Buffer.from('{}'));
  await store.put('vod/a/cmaf/video_1/large.m4s', Buffer.alloc(3_000_000, 7));
  await store.put('vod/a/secret.txt', Buffer.from('not yours'));
  mkdirSync(join(folder, 'vod/a/cmaf/empty'), { recursive: true });
  writeFileSync(join(folder, 'outside.txt'), 'not yours');
  const options = { host: '127.0.0.1', port: 0, publicUrl: undefined };
  app = await apiServer(
    {
      log: pino({ level: 'silent' }),
      ...emptyEngine,
      assets: emptyAssets,
      ...dashboardServices(),
      version: '0.0.0',
      tokens: () => [],
      checks: [],
      packagingGroups: packagingGroups(join(folder, 'groups')),
      endpoints: {
        find: (given) => Promise.resolve(given === capability ? { store, prefix: 'vod/a/cmaf' } : undefined),
      },
    },
    options,
  );
  base = `${await listen(app, options)}/out/v1/${capability}`;
});

afterAll(async () => {
  await stop(app);
  rmSync(folder, { recursive: true });
});

describe('playback', () => {
  it.each([
    ['index.m3u8', 'application/vnd.apple.mpegurl', 'public, max-age=60'],
    ['index.mpd', 'application/dash+xml', 'public, max-age=60'],
    ['video_1/init.mp4', 'video/mp4', 'public, max-age=86400'],
    ['video_1/1.m4s', 'video/iso.segment', 'public, max-age=86400'],
    ['index.ism/Manifest', 'application/vnd.ms-sstr+xml', 'public, max-age=60'],
    ['index.ism/QualityLevels(3000000)/Fragments(video=0)', 'video/mp4', 'public, max-age=86400'],
    ['index.ism/QualityLevels(3000000)/Fragments(audio_2=20000000)', 'audio/mp4', 'public, max-age=86400'],
    ['index.ism/QualityLevels(3000000)/Fragments(text=0)', 'application/mp4', 'public, max-age=86400'],
  ])('serves %s with its type, to players of every origin', async (path, type, cache) => {
    const response = await fetch(`${base}/${path}`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': type,
      'cache-control': cache,
      'access-control-allow-origin': '*',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'cross-origin',
    });
    const { byteLength } = await response.arrayBuffer();
    expect(byteLength).toBe(Number(response.headers.get('content-length')));
  });

  it.each(['page.html', 'index.mpd', 'video_1/1.m4s'])('lets nothing in %s run on our origin', async (path) => {
    const response = await fetch(`${base}/${path}`);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'content-type': expect.not.stringMatching(/html/) as string,
    });
  });

  it.each([
    ['bytes=0-3', 206, 'bytes 0-3/10', '0123'],
    ['bytes=4-', 206, 'bytes 4-9/10', '456789'],
    ['bytes=-3', 206, 'bytes 7-9/10', '789'],
    ['bytes=-99', 206, 'bytes 0-9/10', '0123456789'],
    ['bytes=8-99', 206, 'bytes 8-9/10', '89'],
    ['bytes=9-9', 206, 'bytes 9-9/10', '9'],
    ['bytes=10-', 416, 'bytes */10', ''],
    ['bytes=-0', 416, 'bytes */10', ''],
    ['bytes=5-2', 200, null, '0123456789'],
    ['bytes=0-1,4-5', 200, null, '0123456789'],
    ['bytes=-', 200, null, '0123456789'],
    ['bytes=a-b', 200, null, '0123456789'],
    ['items=0-1', 200, null, '0123456789'],
    ['bytes=99999999999999999999-', 200, null, '0123456789'],
  ])('answers Range: %s with %d', async (range, status, contentRange, text) => {
    const response = await fetch(`${base}/video_1/1.m4s`, { headers: { range } });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-range')).toBe(contentRange);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.text()).toBe(text);
  });

  it('answers HEAD with the size and no body, whatever Range says', async () => {
    const response = await fetch(`${base}/video_1/1.m4s`, { method: 'HEAD', headers: { range: 'bytes=0-1' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('10');
    expect(await response.text()).toBe('');
  });

  it('answers 304 to who has it already, and a range only of the object that was meant', async () => {
    const url = `${base}/video_1/1.m4s`;
    const first = await fetch(url);
    const etag = first.headers.get('etag')!;
    const lastModified = first.headers.get('last-modified')!;
    const status = async (headers: Record<string, string>): Promise<number> => {
      const response = await fetch(url, { headers });
      await response.arrayBuffer();
      return response.status;
    };
    expect(etag).toMatch(/^"[^"]+"$/);
    expect(await status({ 'if-none-match': etag })).toBe(304);
    expect(await status({ 'if-none-match': `"x", W/${etag}` })).toBe(304);
    expect(await status({ 'if-none-match': '*' })).toBe(304);
    expect(await status({ 'if-none-match': '"x"', 'if-modified-since': lastModified })).toBe(200);
    expect(await status({ 'if-modified-since': lastModified })).toBe(304);
    expect(await status({ 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' })).toBe(200);
    expect(await status({ range: 'bytes=0-1', 'if-range': etag })).toBe(206);
    expect(await status({ range: 'bytes=0-1', 'if-range': lastModified })).toBe(206);
    expect(await status({ range: 'bytes=0-1', 'if-range': '"x"' })).toBe(200);
    expect(await status({ range: 'bytes=0-1', 'if-range': 'Thu, 01 Jan 1970 00:00:00 GMT' })).toBe(200);
  });

  it('allows the preflight of a player that asks for ranges', async () => {
    const response = await fetch(`${base}/video_1/1.m4s`, {
      method: 'OPTIONS',
      headers: { origin: 'https://player.example.edu', 'access-control-request-headers': 'range' },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toContain('Range');
    expect(response.headers.get('access-control-allow-methods')).toBe('GET, HEAD, OPTIONS');
  });

  it('finds names that need percent-encoding', async () => {
    expect((await fetch(`${base}/video_1/a%20b%25.m4s`)).status).toBe(200);
  });

  /** Past what `fetch` tidies away in an address. */
  function statusOfRaw(path: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const { hostname, port, pathname } = new URL(base);
      httpRequest({ hostname, port, path: pathname + path, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
  }

  it.each([
    '/.reelway/inventory.json',
    '/video_1/../.reelway/inventory.json',
    '/%2ereelway/inventory.json',
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/../../../outside.txt',
    '/..%5c..%5coutside.txt',
    '//etc/passwd',
    '/video_1//1.m4s',
    '/video_1/1.m4s/',
    '/video_1/1.m4s%00',
    '/empty',
    '/empty/',
    '/video_1',
    '/',
    '/missing.m4s',
    `/${'x'.repeat(2000)}`,
  ])('has nothing at %s', async (path) => expect(await statusOfRaw(path)).toBe(404));

  it.each(['0'.repeat(32), capability.toUpperCase(), capability.slice(1), `${capability}0`, '..', '%2e%2e'])(
    'has nothing for the capability %s',
    async (given) => {
      const response = await fetch(`${base.replace(capability, given)}/index.m3u8`);
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    },
  );

  it('stops reading when the player goes away, and serves the next one', async () => {
    const abort = new AbortController();
    const response = await fetch(`${base}/video_1/large.m4s`, { signal: abort.signal });
    const reader = response.body!.getReader();
    await reader.read();
    abort.abort();
    await expect(reader.read()).rejects.toThrow();
    const again = await fetch(`${base}/video_1/large.m4s`);
    expect((await again.arrayBuffer()).byteLength).toBe(3_000_000);
  });
});
