import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { Failure } from '../domain/failure.js';
import { parsePrivateHost } from '../net/private-hosts.js';
import { httpClient } from '../net/request.js';
import type { Notice } from './notice.js';
import { readSigningKey } from './webhook-signature.js';
import { webhook } from './webhook.js';

const notice: Notice = {
  id: 'asset:a#1',
  subject: 'ready',
  text: 'ready',
  data: { Type: 'NOTIFICATION', Message: 'ready', Id: 'a' },
};

let server: Server | undefined;
afterEach(() => server?.closeAllConnections() ?? server?.close());

/** A service that answers with the status and keeps what it was sent. */
async function service(
  status: number,
  answer = '',
): Promise<{ url: string; bodies: string[]; headers: IncomingHttpHeaders[] }> {
  const [bodies, headers]: [string[], IncomingHttpHeaders[]] = [[], []];
  server = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      headers.push(request.headers);
      response.writeHead(status).end(answer);
    });
  });
  await new Promise<void>((listening) => server?.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?key=secret`, bodies, headers };
}

function client(...hosts: string[]) {
  return httpClient({ policy: { privateHosts: hosts.map((host) => parsePrivateHost(host)!) } });
}

async function refusal(sent: Promise<void>): Promise<Failure> {
  const error = await sent.then(
    () => new Error('was told'),
    (error: unknown) => error,
  );
  if (!(error instanceof Failure)) throw error;
  return error;
}

describe('a webhook', () => {
  it('is told the notice as JSON', async () => {
    const { url, bodies } = await service(204);
    await webhook({ url, http: client('127.0.0.1') }).send(notice);
    expect(bodies.map((body) => JSON.parse(body) as unknown)).toEqual([
      { id: 'asset:a#1', subject: 'ready', text: 'ready', Type: 'NOTIFICATION', Message: 'ready', Id: 'a' },
    ]);
  });

  it('is signed with every key, as libraries of Standard Webhooks check it', async () => {
    const { url, bodies, headers } = await service(204);
    const secrets = [0, 1].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`);
    const keys = secrets.map((secret) => readSigningKey(secret)!);
    const told = webhook({ url, http: client('127.0.0.1'), keys });
    await told.send(notice);
    await told.send(notice);
    for (const secret of secrets) {
      expect(new Webhook(secret).verify(bodies[0]!, headers[0] as Record<string, string>)).toMatchObject({ Id: 'a' });
    }
    const forged = () => new Webhook(secrets[0]!).verify(`${bodies[0]} `, headers[0] as Record<string, string>);
    expect(forged).toThrow('No matching signature');
    expect(headers[1]!['webhook-id']).toBe(headers[0]!['webhook-id']);
  });

  it.each([
    [500, 'passing'],
    [429, 'passing'],
    [404, 'permanent'],
    [302, 'permanent'],
  ])('that answers %i is a %s failure, told without the secret in its address', async (status, kind) => {
    const { url } = await service(status, 'x'.repeat(100_000));
    const failure = await refusal(webhook({ url, http: client('127.0.0.1') }).send(notice));
    expect(failure.kind).toBe(kind);
    expect(failure.message).toContain(String(status));
    expect(failure.message).not.toContain('secret');
    expect(failure.message.length).toBeLessThan(500);
  });

  it('that is not there is a passing failure', async () => {
    const { url } = await service(200);
    await new Promise((closed) => server?.close(closed));
    expect((await refusal(webhook({ url, http: client('127.0.0.1') }).send(notice))).code).toBe('notice_undeliverable');
  });

  it('on a private address that nobody listed is not asked', async () => {
    const { url, bodies } = await service(200);
    expect((await refusal(webhook({ url, http: client() }).send(notice))).code).toBe('url_refused');
    expect(bodies).toEqual([]);
  });
});
