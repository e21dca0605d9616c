import dns from 'node:dns';
import { createServer } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loopbackServer } from '../../test/support/http-server.js';
import { parsePrivateHost } from './private-hosts.js';
import { httpClient, type HttpClient } from './request.js';

/**
 * A name whose owner answers each question with other addresses; in place of the system's resolver, for names that end in `.example`. All else is real: clients,
 * connections and servers.
 * @param answers one after the other; the last one stays
 */
function resolver(answers: readonly (readonly string[])[]): { readonly asked: () => number } {
  const { lookup } = dns;
  let asked = 0;
  const rebinding = (hostname: string, options: dns.LookupOptions, callback: (...answer: unknown[]) => void) => {
    if (!hostname.endsWith('.example')) return lookup(hostname, options as dns.LookupAllOptions, callback);
    const found = (answers[asked++] ?? answers.at(-1) ?? []).map((address) => ({ address, family: 4 }));
    process.nextTick(() => (options.all ? callback(null, found) : callback(null, found[0]?.address, 4)));
  };
  replaceLookup(rebinding as typeof dns.lookup);
  onTestFinished(() => replaceLookup(lookup));
  return { asked: () => asked };
}

function replaceLookup(lookup: typeof dns.lookup): void {
  dns.lookup = lookup;
  syncBuiltinESMExports();
}

function clientFor(...privateHosts: string[]): HttpClient {
  const client = httpClient({ policy: { privateHosts: privateHosts.map((host) => parsePrivateHost(host)!) } });
  onTestFinished(() => client.close());
  return client;
}

/** Both ways of asking have connections of their own. */
const ways = [
  ['request', (client: HttpClient, url: string) => client.request({ url })],
  ['get', (client: HttpClient, url: string) => client.get({ url })],
] as const;

describe.each(ways)('%s of a name whose owner changes its address', (_, ask) => {
  const refused = { code: 'url_refused' };

  it('does not connect to a private one', async () => {
    const server = await loopbackServer((_request, response) => void response.end());
    const { asked } = resolver([['127.0.0.1']]);
    await expect(ask(clientFor(), `https://rebind.example:${server.port}/`)).rejects.toMatchObject(refused);
    expect(asked()).toBe(1);
    expect(server.connections()).toBe(0);
  });

  it('does not connect to a private one beside a public one', async () => {
    const server = await loopbackServer((_request, response) => void response.end());
    resolver([['93.184.216.34', '127.0.0.1']]);
    await expect(ask(clientFor(), `https://rebind.example:${server.port}/`)).rejects.toMatchObject(refused);
    expect(server.connections()).toBe(0);
  });

  it.each(['169.254.169.254', '10.0.0.1', '192.168.0.1', '0.0.0.0', '100.64.0.1', '198.18.0.1'])(
    'does not connect to %s',
    async (address) => {
      resolver([[address]]);
      await expect(ask(clientFor(), 'https://rebind.example/')).rejects.toMatchObject(refused);
    },
  );

  it('does not follow a redirect to it', async () => {
    const inside = await loopbackServer((_request, response) => void response.end());
    const server = await loopbackServer((_request, response) => {
      response.writeHead(302, { location: `https://rebind.example:${inside.port}/` }).end();
    });
    resolver([['127.0.0.1']]);
    await expect(ask(clientFor(server.host), server.origin)).rejects.toMatchObject(refused);
    expect(server.requests).toHaveLength(1);
    expect(inside.connections()).toBe(0);
  });

  it('asks anew for each connection: an address that was allowed before is no permission', async () => {
    // 127.0.0.1 stands for the public address, 127.0.0.2 for one of ours.
    const outside = await loopbackServer((_request, response) => {
      response.writeHead(200, { connection: 'close', 'content-length': 0 }).end();
    });
    let connections = 0;
    const inside = createServer().on('connection', () => void connections++);
    inside.listen(outside.port, '127.0.0.2');
    await once(inside, 'listening');
    onTestFinished(() => void inside.close());
    expect((inside.address() as AddressInfo).address).toBe('127.0.0.2');

    const { asked } = resolver([['127.0.0.1'], ['127.0.0.2']]);
    const client = clientFor('127.0.0.1/32');
    const url = `http://rebind.example:${outside.port}/`;
    (await ask(client, url)).discard();
    await expect.poll(() => outside.requests).toHaveLength(1);
    await expect(ask(client, url)).rejects.toMatchObject(refused);
    expect(asked()).toBe(2);
    expect([outside.connections(), connections]).toEqual([1, 0]);
  });
});
