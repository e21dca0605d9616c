import { describe, expect, it, onTestFinished } from 'vitest';
import { loopbackServer } from '../../test/support/http-server.js';
import { httpClient } from '../net/request.js';
import { trusting } from '../net/safe-url.js';
import type { SourceReader } from '../packager/model/source-reader.js';
import { httpSource } from './http-source.js';
import { serving } from './served-source.case.js';

const quick = { tries: 3, firstDelay: 1, longestDelay: 1000 };

describe('a source over http', () => {
  const readerOf = (origin: string): SourceReader => {
    const client = httpClient({
      policy: trusting(origin, { privateHosts: [] }),
      timeouts: { headers: 200, idle: 100 },
    });
    onTestFinished(() => client.close());
    return httpSource(`${origin}/x.m3u8`, { client, backOff: quick });
  };

  it('may not refer to a private host, directly or by a redirect', async () => {
    const other = await serving();
    const server = await loopbackServer((_request, response) => {
      response.writeHead(302, { location: `${other.origin}/1.ts` }).end();
    });
    const reader = readerOf(server.origin);
    await expect(reader.read({ uri: `${other.origin}/1.ts` })).rejects.toMatchObject({ code: 'url_refused' });
    await expect(reader.read({ uri: `${server.origin}/1.ts` })).rejects.toMatchObject({ code: 'url_refused' });
    expect(other.requests).toEqual([]);
  });

  it.each<[string, number, Record<string, string>, string, number]>([
    ['404', 404, {}, 'source_not_found', 1],
    ['410', 410, {}, 'source_not_found', 1],
    ['401', 401, {}, 'source_forbidden', 1],
    ['403', 403, {}, 'source_forbidden', 1],
    ['500', 500, {}, 'source_unavailable', 3],
    ['503 that asks for patience', 503, { 'retry-after': '3600' }, 'source_unavailable', 1],
    ['429 now', 429, { 'retry-after': '0' }, 'source_unavailable', 3],
  ])('that answers %s', async (...[, status, headers, code, tries]) => {
    const server = await loopbackServer((_request, response) => void response.writeHead(status, headers).end('x'));
    const read = readerOf(server.origin).read({ uri: `${server.origin}/1.ts?signature=s3cr3t` });
    await expect(read).rejects.toMatchObject({ code, message: expect.not.stringContaining('s3cr3t') as string });
    expect(server.requests).toHaveLength(tries);
  });

  it('comes back after a hiccup', async () => {
    let asked = 0;
    const server = await loopbackServer((request, response) => {
      asked++;
      if (asked === 1) return void response.writeHead(503, { 'retry-after': '0' }).end();
      response.writeHead(200, { 'content-length': '4' });
      if (asked === 2) return void response.write('go', () => request.socket.destroy());
      response.end('good');
    });
    const bytes = await readerOf(server.origin).read({ uri: `${server.origin}/1.ts` });
    expect(Buffer.from(bytes).toString()).toBe('good');
    expect(asked).toBe(3);
  });

  it('gives up on one that is silent, or that breaks off each time', async () => {
    const server = await loopbackServer((request, response) => {
      if (request.url === '/silent') return;
      response.writeHead(200, { 'content-length': '100' });
      response.write('x', () => request.socket.destroy());
    });
    for (const path of ['/silent', '/cut']) {
      const read = readerOf(server.origin).read({ uri: server.origin + path });
      await expect(read).rejects.toMatchObject({ code: 'source_unavailable' });
    }
    expect(server.requests).toHaveLength(6);
  });

  it('stalls in the middle: given up, not waited for', async () => {
    const server = await loopbackServer((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('x');
    });
    const read = readerOf(server.origin).read({ uri: `${server.origin}/1.ts` });
    await expect(read).rejects.toMatchObject({
      code: 'source_unavailable',
      message: expect.stringContaining('sent nothing') as string,
    });
  });

  it('refuses a page where media should be', async () => {
    const server = await loopbackServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>Please log in</html>');
    });
    await expect(readerOf(server.origin).read({ uri: server.origin })).rejects.toMatchObject({
      code: 'source_invalid',
      message: expect.stringContaining('HTML') as string,
    });
  });

  it('refuses another range than it asked for, and a resource that changed', async () => {
    let size = 100;
    const server = await loopbackServer((request, response) => {
      const start = request.url === '/other' ? 0 : 5;
      response.writeHead(206, { 'content-range': `bytes ${start}-9/${size++}` }).end('56789');
    });
    const reader = readerOf(server.origin);
    const range = { offset: 5, length: 5 };
    await expect(reader.read({ uri: `${server.origin}/other`, ...range })).rejects.toMatchObject({
      code: 'source_invalid',
    });
    await reader.read({ uri: `${server.origin}/changing`, ...range });
    await expect(reader.read({ uri: `${server.origin}/changing`, ...range })).rejects.toMatchObject({
      code: 'source_changed',
    });
  });

  it.each([
    ['announced', { 'content-length': String(2 ** 31) }],
    ['not announced', {}],
  ])('stops at the limit when the size is %s', async (_name, headers) => {
    let sent = 0;
    const server = await loopbackServer((_request, response) => {
      response.writeHead(200, headers);
      const piece = Buffer.alloc(1 << 20, '#\n');
      const more = (): void => {
        while (!response.destroyed && response.write(piece)) sent++;
      };
      response.on('drain', () => setImmediate(more));
      more();
    });
    const read = readerOf(server.origin).read({ uri: `${server.origin}/x.m3u8` }, { limit: 1_000_000 });
    await expect(read).rejects.toMatchObject({ code: 'source_too_large' });
    expect(sent).toBeLessThan(100);
  });

  it('skips what a server without ranges sends first, up to a limit', async () => {
    const bytes = Buffer.alloc(3_000_000);
    bytes.write('here', 2_000_000);
    const server = await serving(bytes, false);
    const reader = readerOf(server.origin);
    const uri = `${server.origin}/1.ts`;
    expect(Buffer.from(await reader.read({ uri, offset: 2_000_000, length: 4 })).toString()).toBe('here');
    await expect(reader.read({ uri, offset: 100_000_000, length: 4 })).rejects.toMatchObject({
      code: 'source_unsupported',
    });
  });

  it('keeps its connection for ranges', async () => {
    const server = await serving(Buffer.alloc(1_000_000));
    const reader = readerOf(server.origin);
    for (let n = 0; n < 10; n++) await reader.read({ uri: `${server.origin}/1.ts`, offset: n * 1000, length: 65_536 });
    expect(server.connections()).toBe(1);
  });

  it('stops at an abort', async () => {
    const server = await loopbackServer(() => undefined);
    const abort = new AbortController();
    const read = readerOf(server.origin).read({ uri: server.origin }, { signal: abort.signal });
    await expect.poll(() => server.requests).toHaveLength(1);
    abort.abort(new Error('enough'));
    await expect(read).rejects.toThrow('enough');
  });
});
