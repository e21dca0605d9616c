import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { S3Request } from '../../test/support/s3-objects.js';
import { startS3Server, type Fault, type S3Server } from '../../test/support/s3-server.js';
import type { Failure } from '../domain/failure.js';
import type { ObjectRead, ObjectStore } from './object-store.js';
import type { S3Options } from './s3-client.js';
import { partSizeFor } from './s3-upload.js';
import { s3Store } from './s3.js';

const quick = { tries: 3, firstDelay: 1, longestDelay: 500 };

async function opened(options: Partial<S3Options> = {}): Promise<{ server: S3Server; store: ObjectStore }> {
  const server = await startS3Server();
  onTestFinished(() => server.stop());
  server.buckets.set('media', new Map());
  const { endpoint, credentials } = server;
  const store = s3Store({ bucket: 'media', endpoint, credentials, backOff: quick, idleTimeout: 10_000, ...options });
  return { server, store };
}

/** The fault, for the first so many requests that fit. */
function times(count: number, fault: Fault, fits: (request: S3Request) => boolean = () => true) {
  let left = count;
  return (request: S3Request): Fault | undefined => (fits(request) && left-- > 0 ? fault : undefined);
}

const mebibyte = Buffer.alloc(1 << 20, 'reelway ');
async function* stream(mebibytes: number): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < mebibytes; n++) yield await Promise.resolve(mebibyte);
}

async function drain({ body }: ObjectRead): Promise<number> {
  let size = 0;
  for await (const piece of body) size += piece.byteLength;
  return size;
}

const cut: Fault = { kind: 'cut' };
const silence: Fault = { kind: 'silence' };
const slowDown: Fault = { kind: 'error', status: 503, code: 'SlowDown', headers: { 'retry-after': '0' } };
/** bytes: defaultMaxObjectBytes of harvests */
const largestHarvested = 256 * 1024 ** 3;
const isPart = ({ query }: S3Request): boolean => query.has('partNumber');

describe('S3 on a bad day', () => {
  it.each([
    ['breaks off the connection', cut],
    ['asks to slow down', slowDown],
    ['has an internal error', { kind: 'error', status: 500, code: 'InternalError' } as const],
    ['is silent', silence],
    ['received damaged bytes', { kind: 'error', status: 400, code: 'BadDigest' } as const],
  ])('sends an object again, whole or in parts, when the server %s', async (_name, fault) => {
    const { server, store } = await opened(fault === silence ? { idleTimeout: 1000 } : {});
    server.fault = times(2, fault);
    await store.put('whole', [mebibyte.subarray(0, 100_000), mebibyte.subarray(100_000)]);
    server.fault = times(2, fault, isPart);
    await store.put('parts', stream(20));
    server.fault = undefined;
    expect(await drain(await store.get('whole'))).toBe(1 << 20);
    expect(await drain(await store.get('parts'))).toBe(20 << 20);
    expect(server.uploads.size).toBe(0);
  });

  it.each([
    ['cut', cut, 'storage_unavailable'],
    ['slow', slowDown, 'storage_unavailable'],
    ['silent', silence, 'storage_unavailable'],
    ['not allowed', { kind: 'error', status: 403, code: 'AccessDenied' }, 'storage_forbidden'],
    ['over quota', { kind: 'error', status: 403, code: 'QuotaExceeded' }, 'storage_full'],
    ['out of room', { kind: 'error', status: 507, code: 'InsufficientStorage' }, 'storage_full'],
    ['in another region', { kind: 'error', status: 400, code: 'AuthorizationHeaderMalformed' }, 'storage_forbidden'],
  ] as const)('says what is wrong when it is always %s, and leaves no parts', async (_name, fault, code) => {
    const { server, store } = await opened(fault === silence ? { idleTimeout: 500 } : {});
    await store.put('there', mebibyte);
    server.fault = times(
      100,
      fault,
      ({ method, query }) => !['DELETE', 'POST'].includes(method) && !query.has('uploads'),
    );
    await expect(store.put('whole', mebibyte)).rejects.toMatchObject({ code });
    await expect(store.put('parts', stream(20))).rejects.toMatchObject({ code });
    await expect(store.get('there').then(drain)).rejects.toMatchObject({ code });
    expect(server.uploads.size).toBe(0);
    expect([...server.buckets.get('media')!.keys()]).toEqual(['there']);
  });

  it('waits at least as long as Retry-After asks', async () => {
    const { server, store } = await opened({ backOff: { ...quick, longestDelay: 5000 } });
    const fault: Fault = { kind: 'error', status: 503, code: 'SlowDown', headers: { 'retry-after': '1' } };
    server.fault = times(1, fault);
    const start = performance.now();
    await store.put('a', mebibyte);
    expect(performance.now() - start).toBeGreaterThan(990);
  });

  it('names the bucket that is missing, the key that is wrong, and what to set', async () => {
    const missing = await opened({ bucket: 'other' });
    const expectMissing = { code: 'storage_forbidden', message: expect.stringMatching(/NoSuchBucket/) as string };
    await expect(missing.store.put('a', mebibyte)).rejects.toMatchObject(expectMissing);
    await expect(missing.store.get('a')).rejects.toMatchObject(expectMissing);
    await expect(missing.store.list('')[Symbol.asyncIterator]().next()).rejects.toMatchObject(expectMissing);
    const wrong = await opened({ credentials: { accessKeyId: 'TESTKEY', secretAccessKey: 'wrong' } });
    await expect(wrong.store.put('a', mebibyte)).rejects.toMatchObject({
      code: 'storage_forbidden',
      message: expect.stringMatching(/SignatureDoesNotMatch/) as string,
    });
    await expect(wrong.store.head('a')).rejects.toMatchObject({ code: 'storage_forbidden' });
  });

  it('keeps signatures and secrets out of its failures', async () => {
    const { store } = await opened({ credentials: { accessKeyId: 'SOMEBODY', secretAccessKey: 's3cr3t' } });
    const failure = await store.put('a', mebibyte).catch((error: unknown) => error as Failure);
    const { inspect } = await import('node:util');
    expect(inspect(failure, { depth: 20, showHidden: true })).not.toMatch(/s3cr3t|Signature=|SOMEBODY/);
  });

  it('says so when an answer ends early or stalls', async () => {
    const { server, store } = await opened();
    await store.put('a', mebibyte);
    server.fault = times(100, { kind: 'cut', afterBytes: 1000 });
    await expect(store.get('a').then(drain)).rejects.toMatchObject({ code: 'storage_unavailable' });
  });

  it('sends whole objects without aws-chunked coding, with the checksum that the caller knows', async () => {
    const { server, store } = await opened();
    const seen: S3Request['headers'][] = [];
    server.fault = ({ headers }) => void seen.push(headers);
    await store.put('a', [mebibyte], { digest: 'crc32:f7e4a4c0' }).catch(() => undefined);
    await store.put('b', stream(17));
    expect(seen[0]).toMatchObject({ 'x-amz-checksum-crc32': Buffer.from('f7e4a4c0', 'hex').toString('base64') });
    for (const headers of seen) {
      expect(headers['content-encoding']).toBeUndefined();
      expect(headers['transfer-encoding']).toBeUndefined();
    }
    const bodies = seen.filter((headers) => Number(headers['content-length'] ?? 0) > 500_000);
    expect(bodies.length).toBeGreaterThan(2);
    for (const headers of bodies) expect(headers['x-amz-checksum-crc32']).toBeDefined();
  });

  it('compares the digest of a stream before the object appears', async () => {
    const { server, store } = await opened();
    const digest = `sha256:${'0'.repeat(64)}` as const;
    for (const size of [1, 20]) {
      await expect(store.put('a', stream(size), { digest })).rejects.toMatchObject({ code: 'storage_unavailable' });
    }
    expect(server.buckets.get('media')!.size).toBe(0);
    expect(server.uploads.size).toBe(0);
  });

  it('removes the upload that a killed process left of the same object, not one under way', async () => {
    const { server, store } = await opened();
    const upload = { bucket: 'media', contentType: '', checksum: undefined, parts: new Map() };
    const dayAndHour = 25 * 3600_000;
    server.uploads.set('dead', { ...upload, key: 'a', initiated: new Date(Date.now() - dayAndHour) });
    server.uploads.set('alive', { ...upload, key: 'a', initiated: new Date() });
    server.uploads.set('other', { ...upload, key: 'ab', initiated: new Date(Date.now() - dayAndHour) });
    await store.put('a', stream(17));
    expect([...server.uploads.keys()]).toEqual(['alive', 'other']);
  });

  it('stores even where uploads may not be listed', async () => {
    const { server, store } = await opened();
    const denied: Fault = { kind: 'error', status: 403, code: 'AccessDenied' };
    server.fault = times(1, denied, ({ method, query }) => method === 'GET' && query.has('uploads'));
    expect(await store.put('a', stream(17))).toMatchObject({ size: 17 << 20 });
  });

  it('holds a bounded part of a stream, however slow the server is', async () => {
    const { server } = await opened();
    let made = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const piece of stream(300)) {
        made++;
        yield piece;
      }
    }
    const abort = new AbortController();
    server.fault = (request) => (isPart(request) ? silence : undefined);
    const patient = s3Store({ ...server, bucket: 'media', backOff: quick, idleTimeout: 60_000 });
    const put = patient.put('a', counted(), { signal: abort.signal });
    await expect.poll(() => server.requests.filter((line) => line.includes('partNumber')).length).toBe(4);
    let before = -1;
    while (made !== before) {
      before = made;
      await sleep(50);
    }
    expect(made).toBeLessThanOrEqual(16 * 5 + 1);
    abort.abort();
    await expect(put).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.uploads.size).toBe(0);
  });

  it('sends an object whose length is known in parts large enough for it, up to the largest that a harvest takes', async () => {
    const { server, store } = await opened();
    const parts = () => server.requests.filter((line) => line.includes('partNumber')).length;
    await store.put('unknown', stream(40));
    expect(parts()).toBe(3);
    await store.put('known', stream(40), { expectedSize: largestHarvested });
    expect(parts()).toBe(3 + 2);
    expect(largestHarvested / partSizeFor(largestHarvested)).toBeLessThanOrEqual(10_000);
    expect(partSizeFor(undefined)).toBe(16 << 20);
  });

  it('signs URLs that expire, for at most a week', async () => {
    const { server, store } = await opened();
    await store.put('a', Buffer.from('shared'));
    const url = (await store.signedUrl('a', { expiresInSeconds: 60 }))!;
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(`${url}0`)).status).toBe(403);
    server.clockAhead = 61_000;
    const late = await fetch(url);
    expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('Request has expired') as string]);
    for (const expiresInSeconds of [0, -1, NaN, 604_801]) {
      await expect(store.signedUrl('a', { expiresInSeconds })).rejects.toMatchObject({ code: 'invalid_request' });
    }
  });

  it('passes over the markers that consoles make for folders', async () => {
    const { server, store } = await opened();
    await store.put('a/b', mebibyte);
    server.buckets.get('media')!.set('a/', server.buckets.get('media')!.get('a/b')!);
    const keys = [];
    for await (const { key } of store.list('')) keys.push(key);
    expect(keys).toEqual(['a/b']);
  });
});
