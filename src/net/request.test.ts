import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loopbackServer } from '../../test/support/http-server.js';
import { hostLimits } from './host-limits.js';
import { parsePrivateHost } from './private-hosts.js';
import { httpClient, type HttpClient, type HttpClientOptions, type HttpResponse } from './request.js';

function clientFor(hosts: readonly string[], options: Partial<HttpClientOptions> = {}): HttpClient {
  const client = httpClient({ policy: { privateHosts: hosts.map((host) => parsePrivateHost(host)!) }, ...options });
  onTestFinished(() => client.close());
  return client;
}

async function text({ body }: HttpResponse): Promise<string> {
  let all = '';
  for await (const piece of body) all += Buffer.from(piece).toString();
  return all;
}

describe('a request', () => {
  it('brings status, headers and body, whatever the status', async () => {
    const server = await loopbackServer((request, response) => {
      response.writeHead(418, { 'x-test': 'yes' }).end(String(request.headers['x-ask']));
    });
    const response = await clientFor([server.host]).request({ url: `${server.origin}/a`, headers: { 'x-ask': 'tea' } });
    expect(response).toMatchObject({ status: 418, url: new URL(`${server.origin}/a`) });
    expect(response.headers['x-test']).toBe('yes');
    expect(await text(response)).toBe('tea');
  });

  it('sends a body', async () => {
    const server = await loopbackServer(async (request, response) => {
      for await (const piece of request) response.write(piece);
      response.end(request.method);
    });
    const request = { url: server.origin, method: 'POST', body: 'hello ' } as const;
    expect(await text(await clientFor([server.host]).request(request))).toBe('hello POST');
  });

  it('uses a connection again when the body was read or let go', async () => {
    const server = await loopbackServer((_request, response) => void response.end('x'.repeat(1000)));
    const client = clientFor([server.host]);
    for (let n = 0; n < 3; n++) await text(await client.request({ url: server.origin }));
    for (let n = 0; n < 3; n++) {
      (await client.request({ url: server.origin })).discard();
      await new Promise((next) => setImmediate(next));
    }
    expect(server.requests).toHaveLength(6);
    expect(server.connections()).toBeLessThan(5);
  });

  it('refuses a private host before anything is sent', async () => {
    const server = await loopbackServer((_request, response) => void response.end());
    await expect(clientFor([]).request({ url: server.origin })).rejects.toMatchObject({ code: 'url_refused' });
    await expect(
      clientFor([]).request({ url: server.origin.replace('http', 'https').replace('127.0.0.1', 'localhost') }),
    ).rejects.toMatchObject({ code: 'url_refused' });
    expect(server.connections()).toBe(0);
  });

  it('follows redirects and drops credentials on the way to another origin', async () => {
    const target = await loopbackServer((request, response) => void response.end(JSON.stringify(request.headers)));
    const server = await loopbackServer((request, response) => {
      const to = request.url === '/far' ? `${target.origin}/x` : '/far';
      response.writeHead(302, { location: to }).end(String(request.headers.authorization));
    });
    const client = clientFor([server.host, target.host]);
    const headers = { authorization: 'Bearer secret', 'x-kept': 'yes' };
    const response = await client.request({ url: `${server.origin}/near`, headers });
    expect(server.requests).toEqual(['GET /near', 'GET /far']);
    expect(response.url.href).toBe(`${target.origin}/x`);
    const seen = JSON.parse(await text(response)) as Record<string, string>;
    expect(seen['x-kept']).toBe('yes');
    expect(seen.authorization).toBeUndefined();
  });

  it('follows a redirect whose address is UTF-8 that is not escaped', async () => {
    const server = await loopbackServer((request, response) => {
      if (request.url !== '/') return void response.end();
      response.writeHead(302, { location: Buffer.from('/vidéo/ü.m3u8').toString('latin1') }).end();
    });
    const client = clientFor([server.host]);
    const aim = '/vid%C3%A9o/%C3%BC.m3u8';
    expect((await client.request({ url: server.origin })).url.pathname).toBe(aim);
    expect((await client.get({ url: server.origin })).url.pathname).toBe(aim);
  });

  it.each([
    ['a private host', () => 'http://127.0.0.1:1/'],
    ['a metadata address', () => 'http://169.254.169.254/latest/meta-data/'],
    ['a file', () => 'file:///etc/passwd'],
  ])('does not follow a redirect to %s', async (_name, location) => {
    const server = await loopbackServer((_request, response) => {
      response.writeHead(302, { location: location() }).end();
    });
    await expect(clientFor([server.host]).request({ url: server.origin })).rejects.toMatchObject({
      code: 'url_refused',
    });
  });

  it('gives up on a circle of redirects, and on one without an aim', async () => {
    const circle = await loopbackServer((_request, response) => void response.writeHead(301, { location: '/' }).end());
    await expect(clientFor([circle.host]).request({ url: circle.origin })).rejects.toMatchObject({ kind: 'redirects' });
    expect(circle.requests).toHaveLength(6);
    const nowhere = await loopbackServer((_request, response) => void response.writeHead(307).end());
    await expect(clientFor([nowhere.host]).request({ url: nowhere.origin })).rejects.toMatchObject({
      kind: 'redirects',
    });
  });

  it('does not follow redirects of a POST', async () => {
    const server = await loopbackServer((_request, response) => void response.writeHead(307, { location: '/b' }).end());
    const response = await clientFor([server.host]).request({ url: server.origin, method: 'POST', body: 'x' });
    expect(response.status).toBe(307);
    response.discard();
  });

  it('says unreachable when nobody listens, or the name does not exist', async () => {
    const client = clientFor(['127.0.0.1', 'nobody.invalid']);
    await expect(client.request({ url: 'http://127.0.0.1:1/' })).rejects.toMatchObject({
      kind: 'unreachable',
      passing: true,
    });
    await expect(client.request({ url: 'http://nobody.invalid/' })).rejects.toMatchObject({ kind: 'unreachable' });
  });

  it('says cut when the connection ends before the answer or in the middle of the body', async () => {
    const server = await loopbackServer((request, response) => {
      if (request.url === '/head') return void request.socket.destroy();
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => request.socket.destroy());
    });
    const client = clientFor([server.host]);
    await expect(client.request({ url: `${server.origin}/head` })).rejects.toMatchObject({
      kind: 'cut',
      passing: true,
    });
    const response = await client.request({ url: `${server.origin}/body` });
    await expect(text(response)).rejects.toMatchObject({ kind: 'cut' });
  });

  it('says cut when what answers does not speak HTTP', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-x\r\n'));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    await expect(clientFor(['127.0.0.1']).request({ url: `http://127.0.0.1:${port}/` })).rejects.toMatchObject({
      kind: 'cut',
    });
  });

  it('tries another connection when a kept one was closed by the server', async () => {
    const server = await loopbackServer((request, response) => {
      response.end('x', () => request.socket.destroy()); // without saying so in the headers
    });
    const client = clientFor([server.host]);
    for (let n = 0; n < 5; n++) expect(await text(await client.request({ url: server.origin }))).toBe('x');
  });

  it.each([
    ['headers', { headers: 50 }, 'did not answer within 0.05 s'],
    ['idle', { idle: 50 }, 'sent nothing for 0.05 s'],
    ['total', { total: 150 }, 'did not finish in time'],
  ])('ends when the time for %s is up', async (phase, timeouts, message) => {
    const server = await loopbackServer((_request, response) => {
      if (phase === 'headers') return;
      response.write('a');
      if (phase === 'total') {
        const drip = setInterval(() => response.write('a'), 10);
        response.on('close', () => clearInterval(drip));
      }
    });
    const client = clientFor([server.host], { timeouts });
    const answer = client.request({ url: server.origin }).then(text);
    await expect(answer).rejects.toMatchObject({
      kind: 'timeout',
      message: expect.stringContaining(message) as string,
    });
  });

  it('does not count the time that the reader takes', async () => {
    const server = await loopbackServer((_request, response) => void response.end(Buffer.alloc(1_000_000)));
    const { body } = await clientFor([server.host], { timeouts: { idle: 60 } }).request({ url: server.origin });
    let size = 0;
    for await (const piece of body) {
      if (size === 0) await new Promise((later) => setTimeout(later, 120));
      size += piece.byteLength;
    }
    expect(size).toBe(1_000_000);
  });

  it('ends with the reason of the signal, before and after the headers', async () => {
    const server = await loopbackServer((request, response) => {
      if (request.url === '/body') response.write('a');
    });
    const client = clientFor([server.host]);
    for (const path of ['/headers', '/body']) {
      const abort = new AbortController();
      const reason = new Error('enough');
      const answer = client.request({ url: server.origin + path, signal: abort.signal }).then(text);
      await expect.poll(() => server.requests).toContain(`GET ${path}`);
      abort.abort(reason);
      await expect(answer).rejects.toBe(reason);
    }
  });

  it('refuses a content coding that it did not ask for', async () => {
    const server = await loopbackServer((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
    });
    const response = await clientFor([server.host]).request({ url: server.origin });
    await expect(text(response)).rejects.toMatchObject({ kind: 'encoded', passing: false });
  });

  it('does not hold more of a body than somebody reads', async () => {
    let sent = 0;
    const server = await loopbackServer((_request, response) => {
      const piece = Buffer.alloc(1 << 20);
      const more = (): void => {
        while (sent < 200 && response.write(piece)) sent++;
      };
      response.on('drain', more);
      more();
    });
    const { body } = await clientFor([server.host]).request({ url: server.origin });
    for await (const piece of body) {
      expect(piece.byteLength).toBeGreaterThan(0);
      break;
    }
    expect(sent).toBeLessThan(50);
  });
});

describe('host limits', () => {
  it('keep so many requests to one host in flight, and let the next in when a body ends', async () => {
    let inside = 0;
    let most = 0;
    const server = await loopbackServer((_request, response) => {
      most = Math.max(most, ++inside);
      setTimeout(() => response.end('x'.repeat(10), () => void inside--), 5);
    });
    const client = clientFor([server.host], { limits: hostLimits({ perHost: 2 }) });
    const answers = Array.from({ length: 10 }, () => client.request({ url: server.origin }).then(text));
    expect((await Promise.all(answers)).every((answer) => answer.length === 10)).toBe(true);
    expect(most).toBeLessThanOrEqual(2);
  });

  it('let go of whoever stops waiting', async () => {
    const limits = hostLimits({ perHost: 1 });
    const leave = await limits.enter('a');
    const abort = new AbortController();
    const waiting = limits.enter('a', abort.signal);
    const behind = limits.enter('a');
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    leave();
    leave(); // counts once
    (await behind)();
    (await limits.enter('a'))();
    (await limits.enter('b'))();
  });
});
