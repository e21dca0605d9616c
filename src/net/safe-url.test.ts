import { describe, expect, it } from 'vitest';
import { netSettings } from './net-settings.js';
import { parsePrivateHost, type PrivateHost } from './private-hosts.js';
import { isPublicAddress, parseAddress } from './public-address.js';
import { checkUrl, guardedLookup, shownUrl, trusting, type UrlPolicy } from './safe-url.js';

const strict: UrlPolicy = { privateHosts: [] };
const listing = (...hosts: string[]): UrlPolicy => ({ privateHosts: hosts.map((host) => parsePrivateHost(host)!) });

const refused: readonly [url: string, reason: RegExp][] = [
  ['ftp://example.org/x', /only https/],
  ['file:///etc/passwd', /only https/],
  ['javascript:alert(1)', /only https/],
  ['data:text/plain,x', /only https/],
  ['not a url', /not a URL/],
  ['https://user:secret@example.org/', /user name or password/],
  ['https://user@example.org/', /user name or password/],
  ['http://example.org/x.m3u8', /plain http/],
  ['https://127.0.0.1/', /not a public address/],
  ['https://127.1/', /not a public address/],
  ['https://2130706433/', /not a public address/],
  ['https://0x7f.0.0.1/', /not a public address/],
  ['https://0177.0.0.1/', /not a public address/],
  ['https://０/', /not a public address/],
  ['https://0.0.0.0/', /not a public address/],
  ['https://10.1.2.3/', /not a public address/],
  ['https://172.16.0.1/', /not a public address/],
  ['https://192.168.1.1/', /not a public address/],
  ['https://100.100.100.200/', /not a public address/],
  ['https://169.254.169.254/latest/meta-data/', /not a public address/],
  ['https://168.63.129.16/', /not a public address/],
  ['https://192.0.0.192/', /not a public address/],
  ['https://224.0.0.1/', /not a public address/],
  ['https://255.255.255.255/', /not a public address/],
  ['https://[::1]/', /not a public address/],
  ['https://[::]/', /not a public address/],
  ['https://[::ffff:127.0.0.1]/', /not a public address/],
  ['https://[::ffff:a9fe:a9fe]/', /not a public address/],
  ['https://[::7f00:1]/', /not a public address/],
  ['https://[fe80::1]/', /not a public address/],
  ['https://[fd00:ec2::254]/', /not a public address/],
  ['https://[64:ff9b::a9fe:a9fe]/', /not a public address/],
  ['https://[2002:7f00:1::]/', /not a public address/],
  ['https://[2001:0:4136:e378::1]/', /not a public address/],
  ['https://[ff02::1]/', /not a public address/],
];

describe('a URL that came from outside', () => {
  it.each(refused)('is refused: %s', (url, reason) => {
    expect(() => checkUrl(url, strict)).toThrow(reason);
    expect(() => checkUrl(url, strict)).toThrow(expect.objectContaining({ code: 'url_refused' }));
  });

  it.each(['https://example.org/a.m3u8?x=1', 'https://8.8.8.8/', 'https://[2606:4700::1111]:8443/a'])(
    'may be used: %s',
    (url) => expect(checkUrl(url, strict).href).toBe(url),
  );

  it('is read relative to where it was found, and checked after that', () => {
    expect(checkUrl('../b.ts', strict, 'https://example.org/a/x.m3u8').href).toBe('https://example.org/b.ts');
    expect(() => checkUrl('//127.0.0.1/b.ts', strict, 'https://example.org/a/')).toThrow(/not a public/);
  });

  it('never shows its secrets in the refusal', () => {
    const url = 'https://user:hunter2@10.0.0.1/a/b?X-Amz-Signature=s3cr3t#t0ken';
    const failure = (() => {
      try {
        return checkUrl(url, strict);
      } catch (error) {
        return error as Error;
      }
    })();
    expect(JSON.stringify(failure) + String(failure)).not.toMatch(/hunter2|s3cr3t|t0ken/);
    expect(shownUrl(url)).toBe('https://10.0.0.1/a/b');
    expect(shownUrl('not a url?with=secret')).toBe('not a url');
  });
});

describe('a listed private host', () => {
  it('may be asked, over plain http too, on its port', () => {
    const policy = listing('localhost:9000', 'media.internal', '[::1]:81', '10.0.0.5');
    for (const url of [
      'http://localhost:9000/a',
      'http://media.internal/',
      'https://media.internal:8443/',
      'http://[::1]:81/',
      'http://10.0.0.5/',
    ]) {
      expect(checkUrl(url, policy).href).toBe(url);
    }
    for (const url of ['http://localhost/', 'http://[::1]/', 'http://10.0.0.6/', 'http://x.media.internal/']) {
      expect(() => checkUrl(url, policy)).toThrow(/may not be used/);
    }
  });

  it('may be a network, whatever the port', () => {
    const policy = listing('10.0.0.0/8', 'fd00::/8');
    expect(checkUrl('http://10.9.8.7:81/', policy).port).toBe('81');
    expect(checkUrl('https://[fd00::1]/', policy).host).toBe('[fd00::1]');
    expect(checkUrl('https://[::ffff:10.0.0.1]/', policy).protocol).toBe('https:');
    expect(() => checkUrl('http://11.0.0.1/', policy)).toThrow(/plain http/);
    expect(() => checkUrl('http://192.168.0.1/', policy)).toThrow(/not a public/);
  });

  it.each<[string, PrivateHost | undefined]>([
    ['localhost', { kind: 'host', host: 'localhost' }],
    ['LOCALHOST:80', { kind: 'host', host: 'localhost', port: 80 }],
    ['::1', { kind: 'host', host: '[::1]' }],
    ['[::1]:81', { kind: 'host', host: '[::1]', port: 81 }],
    ['0x7f.1', { kind: 'host', host: '127.0.0.1' }],
    ['10.0.0.0/33', undefined],
    ['http://localhost', undefined],
    ['a b', undefined],
    ['', undefined],
    ['user@host', undefined],
    ['host:99999', undefined],
  ])('is read from %j', (text, expected) => expect(parsePrivateHost(text)).toEqual(expected));

  it('is one entry of REELWAY_PRIVATE_HOSTS', () => {
    const { schema } = netSettings.REELWAY_PRIVATE_HOSTS;
    expect(schema.parse('localhost:9000, 10.0.0.0/8')).toHaveLength(2);
    expect(schema.parse('')).toEqual([]);
    expect(schema.safeParse('localhost, a/b').success).toBe(false);
  });

  it('is trusted for the host that the operator names himself, on that port, and for nothing else', () => {
    const policy = trusting('http://127.0.0.1:9000/a/x.m3u8', strict);
    expect(checkUrl('http://127.0.0.1:9000/b', policy).port).toBe('9000');
    expect(() => checkUrl('http://127.0.0.1:9001/b', policy)).toThrow(/not a public/);
    expect(() => checkUrl('http://127.0.0.1/b', policy)).toThrow(/not a public/);
    expect(checkUrl('http://example.org/b', trusting('http://example.org/a', strict)).pathname).toBe('/b');
    expect(() => checkUrl('http://example.org:81/b', trusting('http://example.org/a', strict))).toThrow(/plain http/);
    expect(trusting('./a/folder', strict)).toBe(strict);
  });
});

describe('the address that a name resolves to', () => {
  const resolve = (url: string, policy: UrlPolicy) =>
    new Promise<string>((resolved, reject) => {
      const { hostname } = new URL(url);
      guardedLookup(new URL(url), policy)(hostname, { all: true }, (error, addresses) =>
        error ? reject(error) : resolved(JSON.stringify(addresses)),
      );
    });

  it('is refused when it is private', async () => {
    await expect(resolve('https://localhost/', strict)).rejects.toMatchObject({ code: 'url_refused' });
  });

  it('is taken when the name or its network is listed', async () => {
    expect(await resolve('http://localhost:81/', listing('localhost:81'))).toMatch(/127\.0\.0\.1|::1/);
    expect(await resolve('http://localhost:81/', listing('127.0.0.0/8', '::1/128'))).toMatch(/127\.0\.0\.1|::1/);
    await expect(resolve('http://localhost:82/', listing('localhost:81'))).rejects.toMatchObject({
      code: 'url_refused',
    });
  });

  it('is public only in the ranges that the Internet routes', () => {
    for (const [address, expected] of [
      ['8.8.8.8', true],
      ['2606:4700::1111', true],
      ['198.18.0.1', false],
      ['203.0.113.1', false],
      ['240.0.0.1', false],
      ['4000::1', false],
      ['fec0::1', false],
      ['2001:db8::1', false],
      ['3fff::1', false],
    ] as const)
      expect([address, isPublicAddress(parseAddress(address))]).toEqual([address, expected]);
  });
});
