import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { startS3Server, type S3Server } from '../../test/support/s3-server.js';
import { byteBudget } from '../net/byte-budget.js';
import type { ObjectStore } from './object-store.js';
import { s3Store } from './s3.js';

const mebibyte = 1024 * 1024;
const part = 16 * mebibyte;

/** What streams have given and the server has not yet answered for. */
class Outstanding {
  bytes = 0;
  most = 0;

  given(bytes: number): void {
    this.bytes += bytes;
    this.most = Math.max(this.most, this.bytes);
  }
}

async function opened(budget: number): Promise<{ server: S3Server; store: ObjectStore; outstanding: Outstanding }> {
  const server = await startS3Server();
  onTestFinished(() => server.stop());
  server.buckets.set('media', new Map());
  const outstanding = new Outstanding();
  server.fault = ({ method, headers }) => {
    if (method !== 'PUT') return undefined;
    setTimeout(() => (outstanding.bytes -= Number(headers['content-length'])), 30);
    return { kind: 'late', milliseconds: 30 };
  };
  const { endpoint, credentials } = server;
  const backOff = { tries: 1, firstDelay: 1, longestDelay: 1 };
  const store = s3Store({ bucket: 'media', endpoint, credentials, backOff, memory: byteBudget(budget) });
  return { server, store, outstanding };
}

const piece = Buffer.alloc(mebibyte);
async function* stream(mebibytes: number, outstanding?: Outstanding): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < mebibytes; n++) {
    outstanding?.given(mebibyte);
    yield await Promise.resolve(piece);
  }
}

it('holds no more bytes of many streams than it may, and all of them arrive', async () => {
  const { server, store, outstanding } = await opened(3 * part);
  const sizes = [40, 3, 40, 16, 17, 40, 1, 33];
  await Promise.all(
    sizes.map((size, n) => store.put(String(n), stream(size, outstanding), { expectedSize: size * mebibyte })),
  );
  expect([...server.buckets.get('media')!.values()].map(({ bytes }) => bytes.length).sort((a, b) => a - b)).toEqual(
    sizes.map((size) => size * mebibyte).sort((a, b) => a - b),
  );
  // A stream is one piece ahead of what is kept of it.
  expect(outstanding.most).toBeLessThanOrEqual(3 * part + sizes.length * mebibyte);
  expect(outstanding.most).toBeGreaterThan(2 * part);
});

it('sends an object that is larger than all of the memory part by part', async () => {
  const { server, store } = await opened(mebibyte);
  await Promise.all(['a', 'b'].map((key) => store.put(key, stream(40))));
  expect([...server.buckets.get('media')!.keys()].sort()).toEqual(['a', 'b']);
});

it('gives the memory back of what fails and of what is given up', async () => {
  const { server, store } = await opened(part);
  const late = server.fault;
  server.fault = () => ({ kind: 'error', status: 403, code: 'AccessDenied' });
  await expect(store.put('a', stream(20))).rejects.toMatchObject({ code: 'storage_forbidden' });
  server.fault = late;
  const abort = new AbortController();
  const first = store.put('b', stream(40));
  const waiting = store.put('c', stream(1), { signal: abort.signal });
  abort.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await first;
  await store.put('d', stream(20));
});

it('fails when a part fails while the source is still giving the next', async () => {
  const { server, store } = await opened(4 * part);
  server.fault = ({ query }) =>
    query.has('partNumber') ? { kind: 'error', status: 403, code: 'AccessDenied' } : undefined;
  async function* slowly(): AsyncGenerator<Uint8Array> {
    yield* stream(17);
    await sleep(300);
    yield* stream(17);
  }
  await expect(store.put('a', slowly())).rejects.toMatchObject({ code: 'storage_forbidden' });
  expect(server.uploads.size).toBe(0);
});
