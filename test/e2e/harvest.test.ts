import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { loopbackServer } from '../support/http-server.js';
import { projectRoot, reelway } from '../support/reelway.js';
import { startS3Server } from '../support/s3-server.js';
import { serveFiles, type StaticServer } from '../support/static-server.js';
import { itLong } from '../support/it-long.js';

let base: string;
let packaged: string;
let server: StaticServer;
let count = 0;
const fresh = (): string => path.join(base, `out-${++count}`);

beforeAll(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'reelway-e2e-harvest-'));
  packaged = path.join(base, 'packaged');
  const sample = path.join(projectRoot, 'examples/sample/index.m3u8');
  expect(await reelway(['package', sample, '--out', packaged])).toMatchObject({ code: 0 });
  const single = ['--format', 'both', '--single-file', '--out', path.join(packaged, 'single')];
  expect(await reelway(['package', sample, ...single])).toMatchObject({ code: 0 });
  server = await serveFiles({ '/v/': `${packaged}/` });
});
afterAll(async () => {
  await server.close();
  await rm(base, { recursive: true, force: true });
});

/** Every file below a folder that is not Reelway's own, with the digest of its content. */
async function contents(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const own = files.map((file) => path.relative(folder, file)).filter((file) => !file.startsWith('.reelway/'));
  const read = await Promise.all(
    own.map(async (file) => [file, digestOf(await readFile(path.join(folder, file)))] as const),
  );
  return new Map(read.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('reelway harvest', () => {
  it.each([
    ['cmaf', 'index.m3u8'],
    ['dash', 'index.mpd'],
  ])(
    'of our own packaged sample (%s) is byte for byte what was packaged, and the same command then has nothing to do',
    async (format, manifest) => {
      const out = fresh();
      const args = ['harvest', `${server.url}/v/${format}/${manifest}`, '--out', out];
      const first = await reelway(args);
      expect(first).toMatchObject({ code: 0 });
      expect(first.stdout).toMatch(/^mirrored \(/);
      expect(first.stdout).toContain(`${out}/${manifest}`);
      expect(await contents(out)).toEqual(await contents(path.join(packaged, format)));

      const before = server.requested.length;
      const again = await reelway([...args, '--json']);
      expect(JSON.parse(again.stdout)).toMatchObject({
        status: 'skipped',
        manifest: `${out}/${manifest}`,
        fetched: { objects: 0 },
      });
      expect(server.requested.length).toBe(before);
    },
  );

  it('of single files, from either of their manifests, is byte for byte what was packaged', async () => {
    const expected = await contents(path.join(packaged, 'single/both'));
    const media = [...expected.keys()].filter((key) => key.endsWith('.mp4'));
    expect(media).toEqual(['audio_1/media.mp4', 'video_1/media.mp4', 'video_2/media.mp4']);
    for (const manifest of ['index.m3u8', 'index.mpd']) {
      const out = fresh();
      const run = await reelway(['harvest', `${server.url}/v/single/both/${manifest}`, '--out', out]);
      expect(run, run.stderr).toMatchObject({ code: 0 });
      const named = manifest.endsWith('.mpd')
        ? ['index.mpd']
        : [...expected.keys()].filter((key) => key.endsWith('.m3u8'));
      expect(await contents(out)).toEqual(new Map([...media, ...named].sort().map((key) => [key, expected.get(key)])));
    }
  });

  it('writes to S3, with types, and nothing of it outside its prefix', async () => {
    const s3 = await startS3Server();
    onTestFinished(() => s3.stop());
    s3.buckets.set('bucket', new Map());
    const env = {
      AWS_ENDPOINT_URL: s3.endpoint,
      AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    };
    const result = await reelway(['harvest', `${server.url}/v/cmaf/index.m3u8`, '--out', 's3://bucket/a/b'], { env });
    expect(result).toMatchObject({ code: 0 });
    const objects = s3.buckets.get('bucket')!;
    const expected = await contents(path.join(packaged, 'cmaf'));
    expect([...objects.keys()].sort()).toEqual(
      ['a/b/.reelway/inventory.json', ...[...expected.keys()].map((key) => `a/b/${key}`)].sort(),
    );
    for (const [key, digest] of expected) expect(digestOf(objects.get(`a/b/${key}`)!.bytes), key).toBe(digest);
    expect(objects.get('a/b/index.m3u8')!.contentType).toBe('application/vnd.apple.mpegurl');
  });

  it('sends the headers that are given to the host of the manifest, and keeps them to itself', async () => {
    const seen = new Set<string>();
    const guarded = await loopbackServer((request, response) => {
      seen.add(String(request.headers['x-mediapackage-cdnidentifier']));
      if (request.headers['x-mediapackage-cdnidentifier'] !== 'top secret') return void response.writeHead(403).end();
      void readFile(path.join(packaged, 'cmaf', decodeURIComponent(request.url ?? ''))).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    const out = fresh();
    const args = ['harvest', `${guarded.origin}/index.m3u8`, '--out', out];
    const refused = await reelway(args);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain('[source_forbidden]');
    const result = await reelway([...args, '--header', 'X-MediaPackage-CDNIdentifier: top secret', '--json']);
    expect(result).toMatchObject({ code: 0 });
    expect(seen).toEqual(new Set(['undefined', 'top secret']));
    expect(result.stdout + result.stderr).not.toContain('top secret');
    expect(await readFile(path.join(out, '.reelway/inventory.json'), 'utf8')).not.toContain('top secret');
  });

  it('that is killed at any moment goes on, and is complete and exact in the end', async () => {
    const expected = await contents(path.join(packaged, 'cmaf'));
    const slow = await slowServer(path.join(packaged, 'cmaf'));
    const out = fresh();
    const args = ['harvest', `${slow.origin}/index.m3u8`, '--out', out, '--concurrency', '4'];
    for (const moment of [1, 5, 12, expected.size - 2]) {
      const child = spawn(process.execPath, [path.join(projectRoot, 'bin/reelway.js'), ...args], { stdio: 'ignore' });
      const ended = once(child, 'exit');
      const watching = setInterval(() => {
        if (filesIn(out) >= moment) child.kill('SIGKILL');
      }, 2);
      await ended;
      clearInterval(watching);
      const files = filesIn(out);
      // The entry manifest is the last object, the inventory comes after it.
      if (files < expected.size) expect([...(await contents(out)).keys()]).not.toContain('index.m3u8');
    }
    expect(await reelway(args)).toMatchObject({ code: 0 });
    expect(await contents(out)).toEqual(expected);
    expect(await readdir(path.join(out, '.reelway'))).toEqual(['inventory.json']);
  });

  it('stops at Ctrl-C, and the same command goes on', async () => {
    const slow = await slowServer(path.join(packaged, 'cmaf'));
    const out = fresh();
    const args = ['harvest', `${slow.origin}/index.m3u8`, '--out', out, '--concurrency', '2'];
    const child = spawn(process.execPath, [path.join(projectRoot, 'bin/reelway.js'), ...args], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    await expect.poll(() => filesIn(out), { interval: 2, timeout: 30_000 }).toBeGreaterThan(5);
    child.kill('SIGINT');
    const [code] = (await ended) as [number];
    expect(code).toBe(1);
    expect(await reelway(args)).toMatchObject({ code: 0 });
    expect(await contents(out)).toEqual(await contents(path.join(packaged, 'cmaf')));
  });

  it('keeps to the rate that is given', async () => {
    const starts: number[] = [];
    const timed = await loopbackServer((request, response) => {
      starts.push(performance.now());
      void readFile(path.join(packaged, 'cmaf', decodeURIComponent(request.url ?? ''))).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    const most = 10;
    const result = await reelway(['harvest', `${timed.origin}/index.m3u8`, '--out', fresh(), '--rate', String(most)]);
    expect(result).toMatchObject({ code: 0 });
    expect(starts.length).toBeGreaterThan(2 * most);
    const inSecondFrom = (first: number) => starts.filter((start) => start >= first && start < first + 1000).length;
    // They are sent evenly; one or two more may arrive in a second, after some that were held up on the way.
    expect(Math.max(...starts.map(inSecondFrom))).toBeLessThanOrEqual(most + 2);
  });

  const media = (...lines: string[]): string => ['#EXTM3U', '#EXT-X-TARGETDURATION:4', ...lines].join('\n');
  it.each([
    ['a live playlist', media('#EXTINF:4,', '1.ts'), 'source_live'],
    ['a live MPD', '<MPD type="dynamic"><Period/></MPD>', 'source_live'],
    ['a web page', '<!doctype html><html>', 'source_invalid'],
    [
      'an entity bomb',
      '<!DOCTYPE MPD [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><MPD>&b;</MPD>',
      'source_invalid',
    ],
    ['a private address elsewhere', media('#EXTINF:4,', 'http://127.0.0.2/x.ts', '#EXT-X-ENDLIST'), 'url_refused'],
    [
      'a huge repetition',
      '<MPD><Period><AdaptationSet><Representation id="v"><SegmentTemplate media="$Number$"><SegmentTimeline><S d="1" r="2000000000"/></SegmentTimeline></SegmentTemplate></Representation></AdaptationSet></Period></MPD>',
      'source_too_large',
    ],
  ])('says what is wrong with %s, and writes nothing', async (_name, text, code) => {
    const bad = await loopbackServer((_request, response) => void response.end(text));
    const out = fresh();
    const result = await reelway(['harvest', `${bad.origin}/m`, '--out', out]);
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toContain(`[${code}]`);
    await expect(readdir(out)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('refuses a manifest without an end in bounded memory', async () => {
    const endless = await loopbackServer((_request, response) => {
      const line = Buffer.from('#EXTINF:1,\nsegment.ts\n'.repeat(5000));
      response.write('#EXTM3U\n');
      const pump = (): void => {
        while (!response.destroyed && response.write(line));
      };
      response.on('drain', pump);
      pump();
    });
    const result = await reelway(['harvest', `${endless.origin}/m`, '--out', fresh()], {
      env: { NODE_OPTIONS: '--max-old-space-size=200' },
    });
    expect(result).toMatchObject({ code: 1 });
    expect(result.stderr).toContain('[source_too_large]');
  });

  itLong('takes a playlist of 10,000 segments', async () => {
    const lines = Array.from({ length: 10_000 }, (_, n) => `#EXTINF:4,\nseg/${n}.ts`);
    const huge = await loopbackServer((request, response) => {
      response.end(request.url === '/m' ? media(...lines, '#EXT-X-ENDLIST') : 'G');
    });
    // All are one byte: what is tested is the bookkeeping.
    const result = await reelway(['harvest', `${huge.origin}/m`, '--out', fresh(), '--concurrency', '64', '--json']);
    expect(JSON.parse(result.stdout)).toMatchObject({ status: 'complete', objects: 10_001 });
  });

  it.each([
    ['ftp://x/y.m3u8', ['--out', 'x'], 'http or https'],
    ['https://x/y.m3u8', [], '--out'],
    ['https://x/y.m3u8', ['--out', 'ftp://x'], '--out: a folder'],
    ['https://x/y.m3u8', ['--out', ''], '--out: a folder'],
    ['https://x/y.m3u8', ['--out', 'x', '--header', 'no colon'], 'Name: value'],
    ['https://x/y.m3u8', ['--out', 'x', '--rate', '0'], 'above 0'],
    ['https://x/y.m3u8', ['--out', 'x', '--concurrency', '1000'], 'from 1 to 256'],
  ])('says what is allowed: %s %j', async (url, options, words) => {
    const result = await reelway(['harvest', url, ...options], { cwd: base });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(words);
  });
});

function filesIn(folder: string): number {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter(
      (entry) => entry.isFile() && !entry.parentPath.includes('.reelway') && !entry.name.startsWith('.'),
    ).length;
  } catch {
    return 0;
  }
}

/** Serves a folder with a pause before each answer, so that a run can be met in the middle. */
async function slowServer(folder: string): Promise<{ origin: string }> {
  const answer: RequestListener = (request, response) => {
    const file = path.join(folder, decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname));
    setTimeout(
      () =>
        void readFile(file).then(
          (bytes) => response.end(bytes),
          () => response.writeHead(404).end(),
        ),
      15,
    );
  };
  const slow = createServer(answer);
  slow.listen(0, '127.0.0.1');
  await once(slow, 'listening');
  onTestFinished(() => {
    slow.close();
    slow.closeAllConnections();
  });
  return { origin: `http://127.0.0.1:${(slow.address() as AddressInfo).port}` };
}
