import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askServer, serverClient } from './ask-server.js';
import { clientOf, type AskedRequest } from './server-client.js';

let server: Server;
let url: string;
let answer: RequestListener;
beforeEach(async () => {
  server = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const silent = { headers: {}, silenceMs: 50 };

describe('the server that a command asks', () => {
  it('does not answer when it is silent, before its answer or in the middle', async () => {
    answer = () => undefined;
    await expect(askServer(url)('/', silent)).rejects.toMatchObject({
      code: 'server_unreachable',
      message: `The server at ${url} does not answer: it has said nothing for 0.05 s.`,
    });
    answer = (_, response) => void response.write('half');
    const half = await askServer(url)('/', silent);
    await expect(half.text()).rejects.toMatchObject({ code: 'server_unreachable' });
  });

  it('does not answer when it goes away in the middle', async () => {
    answer = (_, response) => void response.write('half', () => response.destroy());
    await expect(serverClient({ url, token: 't', pid: 1 }).get('/')).rejects.toMatchObject({
      code: 'server_unreachable',
    });
  });

  it('is left alone with the reason of who gives up', async () => {
    const given = new AbortController();
    answer = () => given.abort(new Error('Ctrl-C'));
    await expect(serverClient({ url, token: 't', pid: 1 }).get('/', given.signal)).rejects.toThrow('Ctrl-C');
  });

  it('has all the time that it takes for what it is told to do, and must answer questions soon', async () => {
    const asked: AskedRequest[] = [];
    const client = clientOf({ url, token: 't' }, (_, request) => {
      asked.push(request);
      return Promise.resolve(new Response('{}'));
    });
    await client.send('POST', '/api/recordings/rematch');
    await client.get('/api/system');
    expect(asked).toMatchObject([{ method: 'POST' }, { silenceMs: 60_000 }]);
    expect(asked[0]).not.toHaveProperty('silenceMs');
    expect(asked.map(({ signal }) => signal)).toEqual([undefined, undefined]);
  });

  it('may refuse what is sent before all of it is there', async () => {
    answer = (_, response) => response.writeHead(409).end('{"code":"conflict","detail":"taken"}');
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield await Promise.resolve(new Uint8Array(65_536));
    }
    const sent = { body: endless(), size: 2 ** 40 };
    await expect(
      serverClient({ url, token: 't', pid: 1 }).upload('/', sent, new AbortController().signal),
    ).rejects.toMatchObject({ code: 'conflict', message: 'taken' });
  });
});
