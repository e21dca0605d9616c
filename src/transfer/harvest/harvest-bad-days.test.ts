import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loopbackServer } from '../../../test/support/http-server.js';
import { harvestUnderTest, media, origin, segment, type Files, type Respond } from './harvest-under-test.case.js';

const under = harvestUnderTest();
const { mirror, stored } = under;

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
    expect((await readFile(join(under.folder, 'm/s.ts'))).equals(body)).toBe(true);
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
    expect((await readFile(join(under.folder, 'm/s.ts'))).equals(body)).toBe(true);
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
    expect((await readdir(under.folder)).sort()).toEqual(['m']);
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
