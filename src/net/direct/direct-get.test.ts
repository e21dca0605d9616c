import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loopbackServer } from '../../../test/support/http-server.js';
import { hostLimits } from '../host-limits.js';
import { parsePrivateHost } from '../private-hosts.js';
import { httpClient, type HttpClient, type HttpClientOptions } from '../request.js';
import type { DirectResponse } from './direct-get.js';

function clientFor(host: string, options: Partial<HttpClientOptions> = {}): HttpClient {
  const client = httpClient({ policy: { privateHosts: [parsePrivateHost(host)!] }, ...options });
  onTestFinished(() => client.close());
  return client;
}

/** A server that answers each request with bytes as they are, in the pieces that are given. */
async function rawServer(answer: (request: string, socket: Socket) => void): Promise<{ origin: string; host: string }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => answer(data.toString('latin1'), socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin: `http://${host}`, host };
}

/** The body's pieces, each copied, read into memory of a size that is used again. */
async function piecesOf(response: DirectResponse, size = 64): Promise<string[]> {
  const memory = Buffer.alloc(size);
  const pieces: string[] = [];
  for await (const piece of response.read(() => memory)) pieces.push(Buffer.from(piece).toString('latin1'));
  return pieces;
}

async function answered(bytes: string, path = '/a?b=1'): Promise<{ response: DirectResponse; text: string }> {
  const server = await rawServer((_request, socket) => socket.end(bytes, 'latin1'));
  const response = await clientFor(server.host).get({ url: `${server.origin}${path}` });
  return { response, text: (await piecesOf(response)).join('') };
}

describe('a body that is read into memory', () => {
  it('fills the memory that is given for each piece, whatever pieces it comes in', async () => {
    const body = 'x'.repeat(100_000) + 'y'.repeat(50_000);
    const server = await loopbackServer((_request, response) => void response.end(body));
    const client = clientFor(server.host);
    for (const size of [1_000_000, 65_536, 1000]) {
      const pieces = await piecesOf(await client.get({ url: server.origin }), size);
      expect(pieces.join('')).toBe(body);
      expect(pieces.slice(0, -1).every(({ length }) => length === size)).toBe(true);
    }
    expect(server.connections()).toBe(1);
  });

  it('may be in chunks, with extensions and trailers, of any size', async () => {
    const chunks = ['5;a=b\r\nhello\r\n', '1\r\n \r\n', '3E8\r\n' + 'z'.repeat(1000) + '\r\n', '0\r\nx-sum: 1\r\n\r\n'];
    const { text } = await answered(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunks.join('')}`);
    expect(text).toBe(`hello ${'z'.repeat(1000)}`);
  });

  it('may come a byte at a time', async () => {
    const bytes = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nETag: "1"\r\n\r\n3\r\nabc\r\n0\r\n\r\n';
    const server = await rawServer((_request, socket) => {
      socket.setNoDelay(true);
      let at = 0;
      const next = (): void => {
        if (at === bytes.length) return;
        socket.write(bytes[at++]!);
        setImmediate(next);
      };
      next();
    });
    const response = await clientFor(server.host).get({ url: server.origin });
    expect(response.headers.etag).toBe('"1"');
    expect(await piecesOf(response)).toEqual(['abc']);
  });

  it('may end with its connection where no length is told', async () => {
    expect((await answered('HTTP/1.0 200 OK\r\n\r\nuntil the end')).text).toBe('until the end');
  });

  it('that is broken off is given as far as it came', async () => {
    const server = await rawServer((_request, socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n${'x'.repeat(100)}`);
      setTimeout(() => socket.resetAndDestroy(), 200);
    });
    const response = await clientFor(server.host).get({ url: server.origin });
    const pieces: string[] = [];
    const reading = (async () => {
      for await (const piece of response.read(() => Buffer.alloc(64))) pieces.push(Buffer.from(piece).toString());
    })();
    await expect(reading).rejects.toMatchObject({ name: 'HttpFault', kind: 'cut' });
    expect(pieces.join('')).toBe('x'.repeat(100));
  });

  it('may come after early hints', async () => {
    const { response, text } = await answered(
      'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 404 \r\ncontent-length: 2\r\n\r\nno',
    );
    expect([response.status, text]).toEqual([404, 'no']);
  });

  it('is none of a 204, a 304 and a length of nothing, whose connections are used again', async () => {
    const statuses = [204, 304, 200];
    const server = await loopbackServer((_request, response) => {
      const status = statuses.shift()!;
      response.writeHead(status, status === 200 ? { 'content-length': 0 } : {}).end();
    });
    const client = clientFor(server.host);
    for (const status of [204, 304, 200]) {
      const response = await client.get({ url: server.origin });
      expect(response.status).toBe(status);
      expect(await piecesOf(response)).toEqual([]);
    }
    expect(server.connections()).toBe(1);
  });

  it('that nobody wants runs out when it is short, and is cut when it is long; its place is given back', async () => {
    const server = await loopbackServer((request, response) => {
      response.end(Buffer.alloc(request.url === '/short' ? 1000 : 10_000_000));
    });
    const client = clientFor(server.host, { limits: hostLimits({ perHost: 1 }) });
    for (let n = 0; n < 3; n++) (await client.get({ url: `${server.origin}/short` })).discard();
    (await client.get({ url: `${server.origin}/long` })).discard();
    expect((await piecesOf(await client.get({ url: `${server.origin}/short` }), 2000))[0]).toHaveLength(1000);
    expect(server.connections()).toBe(2);
  });

  it('that its reader leaves ends its connection and gives its place back', async () => {
    const server = await loopbackServer((_request, response) => void response.end(Buffer.alloc(1_000_000)));
    const client = clientFor(server.host, { limits: hostLimits({ perHost: 1 }) });
    for (let n = 0; n < 3; n++) {
      for await (const piece of (await client.get({ url: server.origin })).read(() => Buffer.alloc(10))) {
        expect(piece).toHaveLength(10);
        break;
      }
    }
    expect(server.connections()).toBe(3);
  });
});

describe('an answer that is none', () => {
  it.each([
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a coding of its own', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'],
    ['a folded header', 'HTTP/1.1 200 OK\r\na: b\r\n c\r\ncontent-length: 0\r\n\r\n'],
    ['a blank before the colon', 'HTTP/1.1 200 OK\r\ncontent-length : 0\r\n\r\n'],
    ['a head without an end', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(10_000)}`],
    ['nothing', ''],
    ['half a head', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['hints without end', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(20)],
    ['fewer bytes than announced', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345'],
    ['chunks without sizes', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n'],
    ['chunks longer than they say', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n'],
    ['chunks without an end', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n'],
    ['trailers without end', `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n${'a: b\r\n'.repeat(10_000)}`],
  ])('is a cut: %s', async (_name, bytes) => {
    await expect(answered(bytes)).rejects.toMatchObject({ name: 'HttpFault', kind: 'cut' });
  });

  it('more than was announced is not taken, nor for the answer to the next request', async () => {
    const server = await rawServer((_request, socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil');
    });
    const client = clientFor(server.host);
    for (let n = 0; n < 3; n++) expect(await piecesOf(await client.get({ url: server.origin }))).toEqual(['ok']);
  });

  it('a coding that was not asked for is refused', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n';
    await expect(answered(`${head}ab`)).rejects.toMatchObject({ kind: 'encoded' });
  });
});

describe('a connection', () => {
  it('that the server closed meanwhile is not met with an error', async () => {
    let answers = 0;
    const server = await rawServer((_request, socket) => {
      answers++;
      // Without a word of closing, just when the next request comes.
      if (answers % 2 === 0) socket.destroy();
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
    const client = clientFor(server.host);
    for (let n = 0; n < 3; n++) expect(await piecesOf(await client.get({ url: server.origin }))).toEqual(['ok']);
    expect(answers).toBe(5);
  });

  it('ends with its signal, in the head and in the body', async () => {
    const server = await rawServer((request, socket) => {
      if (request.startsWith('GET /body')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab');
    });
    const client = clientFor(server.host);
    const reason = new Error('enough');
    for (const path of ['/head', '/body']) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 50);
      const reading = client.get({ url: server.origin + path, signal: controller.signal }).then(piecesOf);
      await expect(reading).rejects.toBe(reason);
    }
  });

  it.each([
    ['headers', '/head', 'did not answer within 0.1 s'],
    ['idle', '/body', 'sent nothing for 0.1 s'],
    ['total', '/body', 'did not finish within 0.1 s'],
  ])('has its time: %s', async (name, path, text) => {
    const server = await rawServer((request, socket) => {
      if (request.startsWith('GET /body')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab');
    });
    const client = clientFor(server.host, { timeouts: { [name]: 100 } });
    const reading = client.get({ url: server.origin + path }).then(piecesOf);
    await expect(reading).rejects.toMatchObject({ kind: 'timeout', message: expect.stringContaining(text) as string });
  });

  it('says unreachable when nobody listens, and asks no private host that is not listed', async () => {
    await expect(clientFor('127.0.0.1:1').get({ url: 'http://127.0.0.1:1/' })).rejects.toMatchObject({
      kind: 'unreachable',
    });
    await expect(clientFor('127.0.0.1:1').get({ url: 'http://127.0.0.1:2/' })).rejects.toMatchObject({
      code: 'url_refused',
    });
    await expect(clientFor('127.0.0.1:1').get({ url: 'https://localhost:2/' })).rejects.toMatchObject({
      code: 'url_refused',
    });
  });

  it('follows redirects, and takes credentials to their own origin only', async () => {
    const target = await loopbackServer((request, response) => void response.end(String(request.headers['x-secret'])));
    const server = await loopbackServer((request, response) => {
      const location = request.url === '/far' ? target.origin : '/far';
      response.writeHead(302, { location }).end(String(request.headers['x-secret']));
    });
    const client = httpClient({
      policy: { privateHosts: [parsePrivateHost(server.host)!, parsePrivateHost(target.host)!] },
    });
    onTestFinished(() => client.close());
    const response = await client.get({ url: `${server.origin}/near`, credentials: { 'x-secret': 'yes' } });
    expect(await piecesOf(response)).toEqual(['undefined']);
    expect(server.requests).toEqual(['GET /near', 'GET /far']);
  });

  it('sends no header that would be two', async () => {
    const server = await loopbackServer((_request, response) => void response.end());
    const headers = { 'x-a': 'b\r\nx-evil: yes' };
    await expect(clientFor(server.host).get({ url: server.origin, headers })).rejects.toThrow();
    expect(server.requests).toEqual([]);
  });
});
