import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { loopbackServer, type LoopbackServer } from '../../../test/support/http-server.js';
import { Failure } from '../../domain/failure.js';
import { pace } from '../../net/pace.js';
import { httpClient } from '../../net/request.js';
import { trusting } from '../../net/safe-url.js';
import { localStore } from '../../storage/local.js';
import { readInventory } from '../inventory.js';
import { defaultPatience } from './attempts.js';
import { harvest, type HarvestJob, type HarvestPorts, type HarvestResult } from './harvest.js';
import { urlOfKey } from './keys.js';

type Respond = (request: IncomingMessage, response: ServerResponse) => void;
type Files = Record<string, string | Buffer | Respond>;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelway-harvest-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

/** An origin with entity tags, conditions and ranges; a file may be a function that misbehaves. */
function origin(files: Files): Promise<LoopbackServer> {
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

const segment = (name: string, size = 5000): Buffer => Buffer.concat([Buffer.from('G'), Buffer.alloc(size - 1, name)]);

function smallPresentation(): Files {
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
const keysOfSmall = ['1/a.ts', '1/b.ts', '1/p.m3u8', '2/a.ts', '2/b.ts', '2/p.m3u8', 'index.m3u8', 'k/key'];
/** Object and address of each. */
const objectsOfSmall = (files: Files): [string, Buffer][] =>
  keysOfSmall.map((key) => [key, Buffer.from((files[`/v/${key}`] ?? files[`/v/${key}?m=7`]) as string)]);

function media(...lines: string[]): string {
  return ['#EXTM3U', '#EXT-X-TARGETDURATION:4', ...lines, '#EXT-X-ENDLIST', ''].join('\n');
}

const quick = { ...defaultPatience, firstDelay: 1, longestDelay: 20 };

interface Overrides extends Partial<HarvestJob> {
  readonly ports?: Partial<HarvestPorts>;
  readonly idle?: number;
  readonly report?: (done: number) => void;
}

function mirror(
  server: LoopbackServer,
  path: string,
  { ports, idle, report, ...job }: Overrides = {},
): Promise<HarvestResult> {
  const url = server.origin + path;
  const client = httpClient({ policy: trusting(url, { privateHosts: [] }), timeouts: { idle: idle ?? 2000 } });
  onTestFinished(() => client.close());
  const own = { url, subject: 'test', store: localStore({ folder }), folder: 'm' };
  return harvest(
    { client, pace: pace({ concurrency: 8 }), concurrency: 8, patience: quick, ...ports },
    { ...own, ...job },
    ({ objectsDone }) => report?.(objectsDone),
  );
}

async function stored(): Promise<string[]> {
  const entries = await readdir(join(folder, 'm'), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, 'm').length + 1))
    .sort();
}

describe('a harvest', () => {
  it('mirrors every object untouched, manifests and all, with an inventory of sizes and digests', async () => {
    const files = smallPresentation();
    const server = await origin(files);
    const result = await mirror(server, '/v/index.m3u8');
    expect(result).toMatchObject({ status: 'complete', manifest: 'm/index.m3u8', objects: 8, durationMs: 8000 });
    expect(await stored()).toEqual(['.reelway/inventory.json', ...keysOfSmall].sort());
    const inventory = (await readInventory(localStore({ folder }), 'm'))!;
    expect(inventory.entries).toEqual(['index.m3u8']);
    for (const [key, bytes] of objectsOfSmall(files)) {
      expect((await readFile(join(folder, 'm', key))).equals(bytes), key).toBe(true);
      const object = inventory.objects.find((each) => each.key === key)!;
      expect(object.size).toBe(bytes.length);
      expect(object.digest).toBe(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
      expect(files).toHaveProperty([
        urlOfKey(inventory.harvest!.root, key)!.slice(server.origin.length) + (key.startsWith('2/') ? '?m=7' : ''),
      ]);
    }
    const typeOf = (key: string) => inventory.objects.find((each) => each.key === key)!.contentType;
    expect([typeOf('1/a.ts'), typeOf('index.m3u8'), typeOf('k/key')]).toEqual([
      'video/mp2t',
      'application/vnd.apple.mpegurl',
      'application/octet-stream',
    ]);
    expect(JSON.stringify(inventory)).not.toContain('m=7');
  });

  it('asks for nothing when all is in place, and for what is damaged or missing alone', async () => {
    const server = await origin(smallPresentation());
    await mirror(server, '/v/index.m3u8');
    const before = server.requests.length;
    expect(await mirror(server, '/v/index.m3u8')).toMatchObject({
      status: 'skipped',
      objects: 8,
      fetched: { objects: 0 },
    });
    expect(server.requests.length).toBe(before);

    await truncate(join(folder, 'm/1/a.ts'), 10);
    await unlink(join(folder, 'm/2/b.ts'));
    await writeFile(join(folder, 'm/1/b.ts'), segment('XX')); // of the right size
    const repaired = await mirror(server, '/v/index.m3u8');
    expect(repaired).toMatchObject({ status: 'repaired', fetched: { objects: 3 } });
    expect(server.requests.filter((line) => line.endsWith('/v/k/key'))).toHaveLength(1);
    expect((await readFile(join(folder, 'm/1/b.ts'))).equals(segment('1b'))).toBe(true);
  });

  it('refreshes only what changed, by entity tag, and removes nothing unless told', async () => {
    const files = smallPresentation();
    const server = await origin(files);
    await mirror(server, '/v/index.m3u8');
    expect(await mirror(server, '/v/index.m3u8', { refresh: true })).toMatchObject({
      status: 'skipped',
      fetched: { objects: 0 },
    });

    files['/v/1/a.ts'] = segment('new');
    files['/v/1/p.m3u8'] = media('#EXTINF:4,', 'a.ts', '#EXTINF:4,', 'c.ts');
    files['/v/1/c.ts'] = segment('1c');
    const before = server.requests.length;
    const refreshed = await mirror(server, '/v/index.m3u8', { refresh: true });
    expect(refreshed).toMatchObject({ status: 'refreshed', fetched: { objects: 3 }, former: 2 });
    expect(server.requests.slice(before)).not.toContain('GET /v/1/b.ts');
    expect(await stored()).toEqual(['.reelway/inventory.json', '1/c.ts', ...keysOfSmall].sort());
    expect((await readFile(join(folder, 'm/1/a.ts'))).equals(segment('new'))).toBe(true);

    expect(await mirror(server, '/v/index.m3u8')).toMatchObject({ status: 'skipped', former: 2 });
    expect(await mirror(server, '/v/index.m3u8', { prune: true })).toMatchObject({ status: 'skipped', former: 0 });
    expect(await stored()).toEqual([
      '.reelway/inventory.json',
      '1/a.ts',
      '1/c.ts',
      '1/p.m3u8',
      '2/a.ts',
      '2/b.ts',
      '2/p.m3u8',
      'index.m3u8',
    ]);
  });

  it('refreshes by Last-Modified and size where there are no entity tags, and by content where there is neither', async () => {
    let asked: string[] = [];
    const plain =
      (name: string, lastModified?: string): Respond =>
      (request, response) => {
        asked.push(`${name} ${request.headers['if-modified-since'] ?? ''}`.trim());
        response
          .writeHead(200, { ...(lastModified && { 'last-modified': lastModified }), 'content-length': 4 })
          .end(name);
      };
    const server = await origin({
      '/p.m3u8': media('#EXTINF:1,', 'a.ts', '#EXTINF:1,', 'b.ts'),
      '/a.ts': plain('aaaa', 'Thu, 01 Jan 2026 00:00:00 GMT'),
      '/b.ts': plain('bbbb'),
    });
    await mirror(server, '/p.m3u8');
    asked = [];
    expect(await mirror(server, '/p.m3u8', { refresh: true })).toMatchObject({
      status: 'refreshed',
      fetched: { objects: 1 },
    });
    expect(asked.sort()).toEqual(['aaaa Thu, 01 Jan 2026 00:00:00 GMT', 'bbbb']);
  });

  it('looks at the manifests when the query is another one: a token changes nothing, another presentation is brought over', async () => {
    const files: Files = {
      '/v/i.m3u8?lang=de': media('#EXTINF:4,', 'a.ts?lang=de'),
      '/v/i.m3u8?lang=fr': media('#EXTINF:4,', 'a.ts?lang=fr', '#EXTINF:4,', 'b.ts'),
      '/v/a.ts?lang=de': segment('de'),
      '/v/a.ts?lang=fr': segment('fr'),
      '/v/b.ts': segment('b'),
    };
    files['/v/i.m3u8?lang=de&token=2'] = files['/v/i.m3u8?lang=de']!;
    const server = await origin(files);
    await mirror(server, '/v/i.m3u8?lang=de');
    const asked = async (query: string) => {
      const before = server.requests.length;
      const { status, fetched } = await mirror(server, `/v/i.m3u8?${query}`);
      return { status, fetched: fetched.objects, requests: server.requests.slice(before) };
    };
    const token = 'lang=de&token=2';
    expect(await asked(token)).toEqual({ status: 'skipped', fetched: 0, requests: [`GET /v/i.m3u8?${token}`] });
    expect(await asked(token)).toEqual({ status: 'skipped', fetched: 0, requests: [] });
    expect(await asked('lang=fr')).toMatchObject({ status: 'refreshed', fetched: 3 });
    expect((await readFile(join(folder, 'm/a.ts'))).equals(segment('fr'))).toBe(true);
    expect(await asked('lang=fr')).toMatchObject({ status: 'skipped', requests: [] });
    expect(JSON.stringify(await readInventory(localStore({ folder }), 'm'))).not.toContain('lang=');
  });

  it('goes on where it was stopped, with what was verified', async () => {
    const files = smallPresentation();
    let stop: (() => void) | undefined;
    const abort = new AbortController();
    files['/v/2/b.ts?m=7'] = (_request, response) => {
      response.writeHead(200, { 'content-length': 2_500_000 }).write('G');
      stop = () => abort.abort(new Failure('cancelled', 'enough'));
      setTimeout(stop, 300);
    };
    const server = await origin(files);
    await expect(mirror(server, '/v/index.m3u8', { signal: abort.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await stored()).not.toContain('index.m3u8');
    expect(await readInventory(localStore({ folder }), 'm')).toBeUndefined();

    files['/v/2/b.ts?m=7'] = segment('2b', 2_500_000);
    const before = server.requests.length;
    await unlink(join(folder, 'm/1/a.ts'));
    expect(await mirror(server, '/v/index.m3u8')).toMatchObject({
      status: 'complete',
      objects: 8,
      fetched: { objects: 5 },
    });
    const asked = server.requests.slice(before);
    expect(asked).toContain('GET /v/1/a.ts');
    expect(asked).not.toContain('GET /v/k/key');
  });

  it('asks anew for what was brought over before the manifests changed', async () => {
    const files = smallPresentation();
    const good = files['/v/2/b.ts?m=7']!;
    files['/v/2/b.ts?m=7'] = (_request, response) => void response.writeHead(410).end();
    const server = await origin(files);
    await expect(mirror(server, '/v/index.m3u8')).rejects.toMatchObject({ code: 'source_not_found' });
    files['/v/2/b.ts?m=7'] = good;
    files['/v/1/a.ts'] = segment('other');
    files['/v/1/p.m3u8'] = `${String(files['/v/1/p.m3u8'])}# changed\n`;
    expect(await mirror(server, '/v/index.m3u8')).toMatchObject({ status: 'complete' });
    expect((await readFile(join(folder, 'm/1/a.ts'))).equals(segment('other'))).toBe(true);
  });

  describe('of an address that is redirected to another folder since, whose manifests are the same', () => {
    /** A tag of time and size, as nginx makes it: files of one size that were made at once have the same. */
    const tagged: (name: string) => Respond = (name) => (request, response) => {
      const headers = { etag: '"5f-14"', 'content-length': 20 };
      if (request.headers['if-none-match'] === headers.etag) return void response.writeHead(304, headers).end();
      response.writeHead(200, headers).end(segment(name, 20));
    };

    function versions(): { files: Files; turnTo: (version: number) => void } {
      let current = 1;
      const files: Files = {
        '/now/p.m3u8': (_request, response) => void response.writeHead(302, { location: `/v${current}/p.m3u8` }).end(),
      };
      for (const version of ['v1', 'v2']) {
        files[`/${version}/p.m3u8`] = media('#EXTINF:4,', 'a.ts', '#EXTINF:4,', 'b.ts');
        for (const name of ['a', 'b']) files[`/${version}/${name}.ts`] = tagged(version);
      }
      return { files, turnTo: (version) => void (current = version) };
    }

    const inPlace = async (): Promise<string[]> =>
      Promise.all(['a', 'b'].map((name) => readFile(join(folder, `m/${name}.ts`), 'latin1')));
    const second = segment('v2', 20).toString('latin1');

    it('is not made of both', async () => {
      const { files, turnTo } = versions();
      const good = files['/v1/b.ts']!;
      files['/v1/b.ts'] = (_request, response) => void response.writeHead(410).end();
      const server = await origin(files);
      const one = { ports: { concurrency: 1 } };
      await expect(mirror(server, '/now/p.m3u8', one)).rejects.toMatchObject({ code: 'source_not_found' });
      expect(await stored()).toContain('a.ts');
      files['/v1/b.ts'] = good;
      turnTo(2);
      expect(await mirror(server, '/now/p.m3u8')).toMatchObject({ status: 'complete' });
      expect(await inPlace()).toEqual([second, second]);
    });

    it('is refreshed, whatever the tags say of files of the other folder', async () => {
      const { files, turnTo } = versions();
      const server = await origin(files);
      await mirror(server, '/now/p.m3u8');
      const before = server.requests.length;
      expect(await mirror(server, '/now/p.m3u8', { refresh: true })).toMatchObject({ status: 'skipped' });
      expect(server.requests.slice(before)).toContain('GET /v1/a.ts');
      turnTo(2);
      expect(await mirror(server, '/now/p.m3u8', { refresh: true })).toMatchObject({ status: 'refreshed' });
      expect(await inPlace()).toEqual([second, second]);
      expect((await readInventory(localStore({ folder }), 'm'))!.harvest!.root).toBe(`${server.origin}/v2/`);
    });
  });

  it('does not touch a folder with objects of others, nor another mirror', async () => {
    const server = await origin(smallPresentation());
    await localStore({ folder }).put('m/theirs.txt', Buffer.from('x'));
    await expect(mirror(server, '/v/index.m3u8')).rejects.toMatchObject({ code: 'destination_occupied' });
    await mirror(server, '/v/index.m3u8', { folder: 'n' });
    await expect(mirror(server, '/v/index.m3u8', { folder: 'n', subject: 'other' })).rejects.toMatchObject({
      code: 'destination_occupied',
    });
    expect(await stored()).toEqual(['theirs.txt']);
  });

  it('is refused before anything is brought over when its inventory could not be read back', async () => {
    const server = await origin(smallPresentation());
    const failure = await mirror(server, '/v/index.m3u8', { ports: { maxInventoryBytes: 66_000 } }).catch(
      (error: unknown) => error as Failure,
    );
    expect(failure).toMatchObject({ code: 'source_too_large', details: { allowed: 66_000 } });
    expect(server.requests.filter((line) => !line.includes('.m3u8'))).toEqual([]);
    expect(await stored()).toEqual([]);
  });

  it('tells a folder from one whose name begins with its name', async () => {
    const server = await origin(smallPresentation());
    await localStore({ folder }).put('Id2/theirs.txt', Buffer.from('x'));
    expect(await mirror(server, '/v/index.m3u8', { folder: 'Id' })).toMatchObject({ status: 'complete' });
  });

  it('sends credentials to the origin of the manifest alone, and reads them anew once they are refused', async () => {
    const seen: string[] = [];
    const elsewhere = await loopbackServer((request, response) => {
      seen.push(`elsewhere ${String(request.headers['x-secret'])}`);
      response.end('Gxxx');
    });
    let valid = 'one';
    const guarded =
      (body: string): Respond =>
      (request, response) => {
        if (request.headers['x-secret'] !== valid) return void response.writeHead(403).end();
        response.end(body);
      };
    const server = await origin({
      '/p.m3u8': guarded(media('#EXTINF:1,', 'a.ts', '#EXTINF:1,', `${elsewhere.origin}/b.ts`, '#EXTINF:1,', 'r.ts')),
      '/a.ts': (request, response) => {
        valid = 'two';
        guarded('Gaaa')(request, response);
      },
      '/r.ts': (_request, response) => void response.writeHead(302, { location: `${elsewhere.origin}/r.ts` }).end(),
    });
    const reads: boolean[] = [];
    const client = httpClient({
      policy: { privateHosts: [server, elsewhere].map(({ port }) => ({ kind: 'host', host: '127.0.0.1', port })) },
    });
    onTestFinished(() => client.close());
    await mirror(server, '/p.m3u8', {
      ports: { client },
      credentials: (anew) => {
        reads.push(anew);
        return Promise.resolve({ 'x-secret': anew ? 'two' : 'one' });
      },
    });
    expect(reads).toEqual([false, true]);
    expect(seen).toEqual(['elsewhere undefined', 'elsewhere undefined']);
    expect(await stored()).toEqual(
      [
        '.reelway/inventory.json',
        `127.0.0.1%3A${server.port}/a.ts`,
        `127.0.0.1%3A${server.port}/p.m3u8`,
        `127.0.0.1%3A${server.port}/r.ts`,
        `127.0.0.1%3A${elsewhere.port}/b.ts`,
      ].sort(),
    );
  });
});

/** A presentation of one segment that the test decides on. */
function oneSegment(respond: Respond | string | Buffer, playlist = media('#EXTINF:4,', 's.ts')): Files {
  return { '/p.m3u8': playlist, '/s.ts': respond };
}

describe('an origin on a bad day', () => {
  const times = (count: number, bad: Respond, good: Buffer): Respond => {
    let calls = 0;
    const etag = '"e"';
    return (request, response) => {
      if (++calls <= count) return bad(request, response);
      const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const part = good.subarray(from);
      response
        .writeHead(from > 0 ? 206 : 200, {
          etag,
          'content-length': part.length,
          ...(from > 0 && { 'content-range': `bytes ${from}-${good.length - 1}/${good.length}` }),
        })
        .end(part);
    };
  };
  const status =
    (code: number, headers: Record<string, string> = {}): Respond =>
    (_request, response) =>
      void response.writeHead(code, headers).end();
  const body = segment('s', 300_000);
  const cut: Respond = (_request, response) => {
    response.writeHead(200, { etag: '"e"', 'content-length': body.length });
    response.write(body.subarray(0, 120_000), () => setTimeout(() => response.destroy(), 20));
  };

  const recovers: [name: string, respond: Respond][] = [
    ['server errors', times(4, status(500), body)],
    ['a storm of 503', times(9, status(503, { 'retry-after': '0' }), body)],
    ['429 with Retry-After', times(2, status(429, { 'retry-after': '1' }), body)],
    ['a 404 that passes', times(1, status(404), body)],
    ['connections cut before the answer', times(3, (request) => void request.socket.destroy(), body)],
    ['connections cut in the middle', times(2, cut, body)],
    [
      'a web page in place of media',
      times(
        2,
        (_request, response) =>
          void response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><title>Sign in'),
        body,
      ),
    ],
    ['an empty answer', times(1, status(200), body)],
    [
      'a length that is a lie',
      times(
        2,
        (_request, response) => {
          response
            .writeHead(200, { 'content-length': 999_999 })
            .write(body, () => setTimeout(() => response.destroy(), 20));
        },
        body,
      ),
    ],
    [
      'silence in the middle',
      times(
        1,
        (_request, response) => {
          response.writeHead(200, { 'content-length': body.length }).write('G');
        },
        body,
      ),
    ],
  ];
  it.each(recovers)('is waited out: %s', async (_name, respond) => {
    const server = await origin(oneSegment(respond));
    expect(await mirror(server, '/p.m3u8', { idle: 300 })).toMatchObject({ status: 'complete', objects: 2 });
    expect((await readFile(join(folder, 'm/s.ts'))).equals(body)).toBe(true);
  });

  it('is asked for the rest of a body that was cut, not for all of it', async () => {
    const ranges: (string | undefined)[] = [];
    const respond = times(1, cut, body);
    const server = await origin(
      oneSegment((request, response) => {
        ranges.push(request.headers.range);
        respond(request, response);
      }),
    );
    await mirror(server, '/p.m3u8');
    expect(ranges[0]).toBeUndefined();
    expect(ranges[1]).toMatch(/^bytes=\d+-$/);
    expect((await readFile(join(folder, 'm/s.ts'))).equals(body)).toBe(true);
  });

  const fails: [name: string, respond: Respond | string, code: string][] = [
    ['a segment that is not there', status(404), 'source_not_found'],
    ['a segment that is gone', status(410), 'source_not_found'],
    ['a segment that may not be read', status(403), 'source_forbidden'],
    ['server errors without end', status(500), 'source_unavailable'],
    ['web pages without end', '<html>no</html>', 'source_invalid'],
    ['a page that is but a script', '<script>location = "/"</script>', 'source_invalid'],
    ['empty answers without end', '', 'source_invalid'],
    [
      'an answer in a coding nobody asked for',
      (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('xx'),
      'source_invalid',
    ],
    [
      'a body without an end',
      (_request, response) => {
        response.writeHead(200);
        const pump = (): void => {
          while (response.write(Buffer.alloc(65_536, 'G')) && !response.destroyed);
        };
        response.on('drain', pump);
        pump();
      },
      'source_too_large',
    ],
    ['a redirect to a private address', status(302, { location: 'http://10.0.0.1/latest/meta-data' }), 'url_refused'],
    ['a redirect in circles', status(302, { location: '/s.ts' }), 'source_invalid'],
  ];
  it.each(fails)('fails with its own code, and announces nothing: %s', async (_name, respond, code) => {
    const server = await origin(oneSegment(respond));
    await expect(mirror(server, '/p.m3u8', { ports: { maxObjectBytes: 5_000_000 } })).rejects.toMatchObject({ code });
    const left = await stored();
    expect(left.filter((key) => !key.startsWith('.reelway/'))).toEqual([]);
    expect(left).not.toContain('.reelway/inventory.json');
  });

  const broken: [name: string, playlist: string, segment: string | Buffer, code: string][] = [
    [
      'shorter than the ranges in the playlist',
      media('#EXT-X-BYTERANGE:100@50', '#EXTINF:4,', 's.ts'),
      'G'.repeat(149),
      'source_invalid',
    ],
    [
      'a key of the wrong length',
      media('#EXT-X-KEY:METHOD=AES-128,URI="s.ts"', '#EXTINF:4,', 's.ts'),
      'short',
      'source_invalid',
    ],
    [
      'private addresses in the playlist',
      media('#EXTINF:4,', 'http://169.254.169.254/latest/meta-data'),
      'G',
      'url_refused',
    ],
  ];
  it.each(broken)('is told by content: %s', async (_name, playlist, content, code) => {
    const server = await origin(oneSegment(content, playlist));
    await expect(mirror(server, '/p.m3u8')).rejects.toMatchObject({ code });
  });

  it('cannot make anything be written outside the folder', async () => {
    const paths = [
      '../../../../etc/passwd',
      '%2e%2e/%2e%2e/x',
      '..%2f..%2fy',
      '/%5c..%5cz',
      '.reelway/inventory.json',
      'a//b/',
      '%00',
    ];
    const server = await loopbackServer((request, response) => {
      response.end(
        request.url === '/a/b/c/p.m3u8' ? media(...paths.flatMap((path) => ['#EXTINF:1,', path])) : `G${request.url}`,
      );
    });
    const result = await mirror(server, '/a/b/c/p.m3u8');
    expect(result.objects).toBe(paths.length + 1);
    expect((await readdir(folder)).sort()).toEqual(['m']);
    expect(await stored()).toEqual(
      [
        '.reelway/inventory.json',
        '%5C..%5Cz',
        'a/b/c/%.reelway/inventory.json',
        'a/b/c/%00',
        'a/b/c/..%2F..%2Fy',
        'a/b/c/a/%/b/%',
        'a/b/c/p.m3u8',
        'a/x',
        'etc/passwd',
      ].sort(),
    );
  });

  it('is noticed to have changed its manifest half-way', async () => {
    let asked = 0;
    const server = await origin({
      '/p.m3u8': (_request, response) => void response.end(media('#EXTINF:4,', 's.ts', `# ${asked++}`)),
      '/s.ts': 'Gs',
    });
    await expect(mirror(server, '/p.m3u8')).rejects.toMatchObject({ code: 'source_changed' });
    expect(await stored()).not.toContain('p.m3u8');
  });

  it.each([
    ['there is none', undefined, 1],
    // S3 without the right to list: 403 is also how it refuses credentials, so that it is asked again with those read anew.
    ['403', status(403), 2],
  ])('may lack a segment that only rounding makes, and the result says so: %s', async (_name, missing, asked) => {
    const server = await origin({
      '/m.mpd':
        '<MPD mediaPresentationDuration="PT10.2S"><Period><AdaptationSet><SegmentTemplate duration="5" media="$Number$.m4s"/><Representation/></AdaptationSet></Period></MPD>',
      '/1.m4s': 'one',
      '/2.m4s': 'two',
      ...(missing && { '/3.m4s': missing }),
    });
    const result = await mirror(server, '/m.mpd');
    expect(result).toMatchObject({
      status: 'complete',
      objects: 3,
      durationMs: 10_200,
      absent: [`${server.origin}/3.m4s`],
    });
    expect(server.requests.filter((line) => line.endsWith('/3.m4s'))).toHaveLength(asked);
    expect(await mirror(server, '/m.mpd')).toMatchObject({ status: 'skipped' });
  });

  it('is asked ever more slowly while it says "too many", at the rate that it bears', async () => {
    const starts: number[] = [];
    let refused = 0;
    const files: Files = {
      '/p.m3u8': media(...Array.from({ length: 60 }, (_, n) => [`#EXTINF:1,`, `${n}.ts`]).flat()),
    };
    for (let n = 0; n < 60; n++) {
      files[`/${n}.ts`] = (_request, response) => {
        const now = performance.now();
        while ((starts[0] ?? now) < now - 1000) starts.shift();
        if (starts.length >= 20) {
          refused++;
          return void response.writeHead(429, { 'retry-after': '1' }).end();
        }
        starts.push(now);
        response.end(`G${n}`);
      };
    }
    const server = await origin(files);
    expect(await mirror(server, '/p.m3u8')).toMatchObject({ status: 'complete', objects: 61 });
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(60);
  });
});
