import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { arriving, boundArrival } from './arrival.js';
import type { ApiServer } from './http-types.js';

const within = 100;
let app: ApiServer;
let port: number;
beforeEach(async () => {
  app = Fastify();
  boundArrival(app, within);
  app.addContentTypeParser('application/octet-stream', (_, payload, done) => done(null, payload));
  app.get('/slow-answer', async () => {
    await sleep(3 * within);
    return 'whole';
  });
  app.post('/slow-answer', async () => {
    await sleep(3 * within);
    return 'whole';
  });
  app.post('/short', async ({ raw }) => String((await raw.toArray()).length));
  app.post('/long', { config: { longBody: true } }, async ({ raw }) => {
    let bytes = 0;
    for await (const piece of arriving(raw, 5 * within)) bytes += piece.byteLength;
    return String(bytes);
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = app.server.address() as AddressInfo);
});
afterEach(() => app.close());

/** Sends each piece after a pause. @returns what came back until the connection was closed */
async function talk(head: string, pieces: readonly string[], pause: number): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let said = '';
  socket.on('data', (text: string) => {
    said += text;
    socket.end();
  });
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  socket.write(`${head} HTTP/1.1\r\nhost: x\r\n`);
  if (pieces.length === 0) socket.write('\r\n');
  else socket.write('content-type: application/octet-stream\r\ncontent-length: 6\r\n\r\n');
  for (const piece of pieces) {
    await sleep(pause);
    if (socket.writable) socket.write(piece);
  }
  await closed;
  return said;
}

describe('the body of a request', () => {
  it('must be here whole in time', async () => {
    expect(await talk('POST /short', ['abc'], 0)).toBe('');
    expect(await talk('POST /short', ['abc', 'def'], 1)).toContain('200 OK');
  });

  it('that is here has an answer however long that takes', async () => {
    expect(await talk('GET /slow-answer', [], 0)).toMatch(/200 OK.*whole$/s);
  });

  it('that is here, or that there is none of, has one within this process as well', async () => {
    for (const payload of [undefined, '"text"']) {
      const request = { url: '/slow-answer', payloadAsStream: true, headers: { 'content-type': 'application/json' } };
      const { stream } = await app.inject(
        payload === undefined ? { ...request, method: 'GET' } : { ...request, method: 'POST', payload },
      );
      expect(Buffer.concat(await stream().toArray()).toString()).toBe('whole');
    }
  });

  it('may take longer where it is long, as long as it keeps coming', async () => {
    expect(await talk('POST /long', ['ab', 'cd', 'ef'], within)).toMatch(/200 OK.*6$/s);
    expect(await talk('POST /long', ['ab'], 0)).toBe('');
  });
});
