import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { beforeAll, describe, expect, it, type TestContext } from 'vitest';
import type { Digest, ObjectBody, ObjectRead, ObjectStore, StoredObject } from './object-store.js';

/** What a server behind a store may lack; a skip needs a reason, which the test report shows. */
type Capability = 'stored media type' | 'signed URL' | 'digest check';

interface StoreUnderTest {
  /** Called once; the store may hold other objects. */
  open: () => Promise<ObjectStore>;
  skip?: Partial<Record<Capability, string>>;
}

/** Everything that every ObjectStore must do, whatever lies behind it. */
export function describeObjectStore(name: string, { open, skip = {} }: StoreUnderTest): void {
  describe(`object store on ${name}`, () => {
    let store: ObjectStore;
    let folder = 0;
    const fresh = (): string => `contract-${process.pid}-${++folder}`;
    const needs = (capability: Capability, context: TestContext): void => {
      if (skip[capability]) context.skip(`${capability}: ${skip[capability]}`);
    };

    beforeAll(async () => {
      store = await open();
    });

    it.each(bodies)('gives back what was put: $name', async ({ make, bytes }) => {
      const key = `${fresh()}/a.m4s`;
      const stored = await store.put(key, make());
      expect(stored).toMatchObject({ key, size: bytes.byteLength });
      const read = await store.get(key);
      expect(read).toMatchObject({ key, size: bytes.byteLength, length: bytes.byteLength });
      expect((await drain(read)).equals(bytes)).toBe(true);
      expect(await store.head(key)).toMatchObject({ key, size: bytes.byteLength, etag: stored.etag });
    });

    it.each(['ü/日本 1.mp4', "a+b&c=d%20e'(f)!*~@$,;:.mp4", 'QualityLevels(1)/Fragments(video=0)', '...', '#?.m4s'])(
      'takes the key %s as it is',
      async (odd) => {
        const prefix = `${fresh()}/`;
        await store.put(prefix + odd, Buffer.from('odd'));
        expect((await drain(await store.get(prefix + odd))).toString()).toBe('odd');
        expect((await all(store.list(prefix))).map(({ key }) => key)).toEqual([prefix + odd]);
        await store.copy(prefix + odd, `${prefix}copy/${odd}`);
        await store.remove(prefix + odd);
        expect((await all(store.list(prefix))).map(({ key }) => key)).toEqual([`${prefix}copy/${odd}`]);
      },
    );

    it.each(['../escape', '/absolute', 'a/../../b', 'a\0b', '', 'a/'])(
      'refuses the key %j in every verb',
      async (key) => {
        const refusal = expect.objectContaining({ code: 'invalid_request' }) as Error;
        await expect(settle(() => store.put(key, Buffer.from('x')))).rejects.toEqual(refusal);
        await expect(settle(() => store.get(key))).rejects.toEqual(refusal);
        await expect(settle(() => store.head(key))).rejects.toEqual(refusal);
        await expect(settle(() => store.remove(key))).rejects.toEqual(refusal);
        await expect(settle(() => store.copy(key, 'b'))).rejects.toEqual(refusal);
        await expect(settle(() => store.copy('b', key))).rejects.toEqual(refusal);
        await expect(settle(() => store.signedUrl(key, { expiresInSeconds: 60 }))).rejects.toEqual(refusal);
      },
    );

    it('says not_found for what is not there, undefined for its head, and removes it without complaint', async () => {
      const prefix = fresh();
      await store.put(`${prefix}/there`, Buffer.from('x'));
      for (const key of [`${prefix}/missing`, `${prefix}/no/such/folder`, `${prefix}/there/below`, prefix]) {
        await expect(store.get(key)).rejects.toMatchObject({ code: 'not_found' });
        expect(await store.head(key)).toBeUndefined();
        await store.remove(key);
        await expect(store.copy(key, `${prefix}/copy`)).rejects.toMatchObject({ code: 'not_found' });
      }
      expect(await all(store.list(`${prefix}/`))).toHaveLength(1);
      expect(await all(store.list(`${prefix}/none/`))).toEqual([]);
    });

    it('reads ranges as RFC 9110 defines them', async () => {
      const key = `${fresh()}/range`;
      await store.put(key, Buffer.from('0123456789'));
      const read = async (start: number, end?: number): Promise<string> => {
        const object = await store.get(key, { range: { start, ...(end !== undefined && { end }) } });
        const bytes = await drain(object);
        expect(object).toMatchObject({ size: 10, length: bytes.byteLength });
        return bytes.toString();
      };
      expect(await read(0, 0)).toBe('0');
      expect(await read(2, 4)).toBe('234');
      expect(await read(7)).toBe('789');
      expect(await read(9)).toBe('9');
      expect(await read(5, 1000)).toBe('56789');
    });

    it.each([{ start: 10 }, { start: 11, end: 20 }, { start: 3, end: 2 }, { start: -1 }, { start: 0.5 }])(
      'refuses the range %j of ten bytes',
      async (range) => {
        const key = `${fresh()}/range`;
        await store.put(key, Buffer.from('0123456789'));
        await expect(store.get(key, { range })).rejects.toMatchObject({ code: 'invalid_request' });
      },
    );

    it('refuses any range of an empty object', async () => {
      const key = `${fresh()}/empty`;
      await store.put(key, Buffer.alloc(0));
      await expect(store.get(key, { range: { start: 0 } })).rejects.toMatchObject({ code: 'invalid_request' });
    });

    it('overwrites, and the etag tells the new content from the old', async () => {
      const key = `${fresh()}/object`;
      const first = await store.put(key, Buffer.from('first'));
      const second = await store.put(key, Buffer.from('later'));
      expect(second.etag).not.toBe(first.etag);
      expect((await drain(await store.get(key))).toString()).toBe('later');
      expect((await store.head(key))?.etag).toBe(second.etag);
    });

    it('leaves nothing, and the old content, when the body fails in the middle', async () => {
      const prefix = fresh();
      await store.put(`${prefix}/kept`, Buffer.from('old'));
      const broken = new Error('the source broke');
      await expect(store.put(`${prefix}/new`, failing(broken))).rejects.toBe(broken);
      await expect(store.put(`${prefix}/kept`, failing(broken))).rejects.toBe(broken);
      expect(await all(store.list(`${prefix}/`))).toMatchObject([{ key: `${prefix}/kept`, size: 3 }]);
      expect((await drain(await store.get(`${prefix}/kept`))).toString()).toBe('old');
    });

    it('stops at an abort and leaves nothing', async () => {
      const prefix = fresh();
      const abort = new AbortController();
      const put = store.put(`${prefix}/aborted`, endless(abort), { signal: abort.signal });
      await expect(put).rejects.toMatchObject({ name: 'AbortError' });
      expect(await all(store.list(`${prefix}/`))).toEqual([]);
      await expect(store.put(`${prefix}/late`, Buffer.from('x'), { signal: abort.signal })).rejects.toMatchObject({
        name: 'AbortError',
      });
      expect(await all(store.list(`${prefix}/`))).toEqual([]);
    });

    it('accepts a digest that fits, of either kind', async () => {
      const bytes = randomBytes(70_000);
      const prefix = fresh();
      for (const digest of [crcOf(bytes), shaOf(bytes)]) {
        const key = `${prefix}/${digest.slice(0, 5)}`;
        await store.put(key, [bytes.subarray(0, 99), bytes.subarray(99)], { digest });
        expect((await drain(await store.get(key))).equals(bytes)).toBe(true);
      }
    });

    it('refuses a body that does not have the digest it is said to have', async (context) => {
      needs('digest check', context);
      const key = `${fresh()}/damaged`;
      for (const digest of [crcOf(Buffer.from('other')), shaOf(Buffer.from('other'))]) {
        await expect(store.put(key, Buffer.from('this'), { digest })).rejects.toMatchObject({
          code: 'storage_unavailable',
        });
        expect(await store.head(key)).toBeUndefined();
      }
    });

    it('tells the media type from the extension', async () => {
      const prefix = fresh();
      for (const [file, type] of [
        ['index.m3u8', 'application/vnd.apple.mpegurl'],
        ['index.mpd', 'application/dash+xml'],
        ['1.m4s', 'video/iso.segment'],
        ['x', 'application/octet-stream'],
      ] as const) {
        await store.put(`${prefix}/${file}`, Buffer.from('x'));
        expect((await store.head(`${prefix}/${file}`))?.contentType).toBe(type);
        const read = await store.get(`${prefix}/${file}`);
        expect(read.contentType).toBe(type);
        await drain(read);
      }
    });

    it('keeps a media type that is given', async (context) => {
      needs('stored media type', context);
      const key = `${fresh()}/x.bin`;
      await store.put(key, Buffer.from('x'), { contentType: 'audio/aac' });
      expect((await store.head(key))?.contentType).toBe('audio/aac');
      await store.put(key, pieces('x', 'y'), { contentType: 'audio/mp4' });
      expect((await store.head(key))?.contentType).toBe('audio/mp4');
    });

    it('lists every object below a prefix, at any depth, and nothing beside it', async () => {
      const prefix = fresh();
      const keys = [`${prefix}/a`, `${prefix}/b/1`, `${prefix}/b/2/3/4`, `${prefix}/bb/1`];
      for (const key of [...keys, `${prefix}x/a`]) await store.put(key, Buffer.from(key));
      const found = await all(store.list(`${prefix}/`));
      expect(found.map(({ key }) => key).sort()).toEqual(keys);
      for (const { key, size } of found) expect(size).toBe(key.length);
      expect((await all(store.list(`${prefix}/b/`))).map(({ key }) => key).sort()).toEqual(keys.slice(1, 3));
      await expect(all(store.list(`${prefix}/b`))).rejects.toMatchObject({ code: 'invalid_request' });
      await expect(all(store.list('../'))).rejects.toMatchObject({ code: 'invalid_request' });
    });

    it('lists what lies directly below a prefix, and looks into no folder there', async () => {
      const prefix = fresh();
      const keys = [
        `${prefix}/a`,
        `${prefix}/b/1`,
        `${prefix}/b/2/3`,
        `${prefix}/b.txt`,
        `${prefix}/c/1`,
        `${prefix}/d`,
      ];
      for (const key of keys) await store.put(key, Buffer.from('x'));
      const shallow = async (under: string) =>
        (await all(store.list(under, { shallow: true }))).map(({ key }) => key).sort();
      expect(await shallow(`${prefix}/`)).toEqual([`${prefix}/a`, `${prefix}/b.txt`, `${prefix}/d`]);
      expect(await shallow(`${prefix}/b/`)).toEqual([`${prefix}/b/1`]);
      expect(await shallow(`${prefix}/none/`)).toEqual([]);
    });

    it('lists the same etag and time that head tells', async () => {
      const prefix = fresh();
      await store.put(`${prefix}/a`, Buffer.from('x'));
      const [listed] = await all(store.list(`${prefix}/`));
      const head = await store.head(`${prefix}/a`);
      expect(listed?.etag).toBe(head?.etag);
      expect(Math.abs(Number(listed?.lastModified) - Number(head?.lastModified))).toBeLessThan(2000); // HTTP dates have seconds
    });

    it('copies, over an existing object too, and both live on without each other', async () => {
      const prefix = fresh();
      await store.put(`${prefix}/from.mpd`, Buffer.from('content'));
      await store.put(`${prefix}/deep/to.mpd`, Buffer.from('overwritten'));
      expect(await store.copy(`${prefix}/from.mpd`, `${prefix}/deep/to.mpd`)).toMatchObject({
        key: `${prefix}/deep/to.mpd`,
        size: 7,
      });
      expect(await store.copy(`${prefix}/from.mpd`, `${prefix}/deep/to.mpd`)).toMatchObject({ size: 7 });
      await store.put(`${prefix}/from.mpd`, Buffer.from('changed'));
      expect((await drain(await store.get(`${prefix}/deep/to.mpd`))).toString()).toBe('content');
      await store.remove(`${prefix}/from.mpd`);
      expect((await drain(await store.get(`${prefix}/deep/to.mpd`))).toString()).toBe('content');
      expect(await store.head(`${prefix}/deep/to.mpd`)).toMatchObject({ contentType: 'application/dash+xml' });
      expect((await all(store.list(`${prefix}/`))).map(({ key }) => key)).toEqual([`${prefix}/deep/to.mpd`]);
    });

    it('copies an object onto itself without harm', async () => {
      const key = `${fresh()}/same`;
      await store.put(key, Buffer.from('content'));
      await store.copy(key, key);
      expect((await drain(await store.get(key))).toString()).toBe('content');
    });

    it('can put again where everything was removed, while others remove beside it', async () => {
      const prefix = fresh();
      for (let round = 0; round < 8; round++) {
        await Promise.all([
          store.put(`${prefix}/f/g/${round}`, Buffer.from('x')),
          store.remove(`${prefix}/f/g/${round - 1}`),
        ]);
        expect((await all(store.list(`${prefix}/`))).map(({ key }) => key)).toEqual([`${prefix}/f/g/${round}`]);
      }
      await store.remove(`${prefix}/f/g/7`);
      expect(await all(store.list(`${prefix}/`))).toEqual([]);
    });

    it('lets a reader stop early', async () => {
      const key = `${fresh()}/big`;
      await store.put(key, Buffer.alloc(3_000_000, 7));
      for await (const piece of (await store.get(key)).body) {
        expect(piece[0]).toBe(7);
        break;
      }
      expect(await store.head(key)).toMatchObject({ size: 3_000_000 });
    });

    it('gives a URL that reads the object without credentials, and only that object', async (context) => {
      needs('signed URL', context);
      const key = `${fresh()}/ü (1).mp4`;
      await store.put(key, Buffer.from('shared'));
      const url = await store.signedUrl(key, { expiresInSeconds: 60 });
      expect(await (await fetch(url!)).text()).toBe('shared');
      expect((await fetch(url!.replace('mp4', 'mp3'))).status).toBe(403);
    });
  });
}

const mebibyte = randomBytes(1 << 20);
const large = Buffer.concat(Array.from({ length: 40 }, () => mebibyte));

/** One content in each shape of ObjectBody; streams beyond two upload parts (16 MiB each). */
const bodies: readonly { name: string; make: () => ObjectBody; bytes: Buffer }[] = [
  { name: 'no bytes', make: () => new Uint8Array(0), bytes: Buffer.alloc(0) },
  { name: 'an empty gather list', make: () => [], bytes: Buffer.alloc(0) },
  { name: 'an empty stream', make: () => pieces(), bytes: Buffer.alloc(0) },
  { name: 'one view into a larger buffer', make: () => mebibyte.subarray(5, 105), bytes: mebibyte.subarray(5, 105) },
  {
    name: 'a gather list of views, some empty',
    make: () => [mebibyte.subarray(0, 7), new Uint8Array(0), mebibyte.subarray(7, 300_000), mebibyte.subarray(300_000)],
    bytes: mebibyte,
  },
  {
    name: 'a gather list of more views than one writev takes',
    make: () => Array.from({ length: 3000 }, (_, n) => mebibyte.subarray(n * 10, n * 10 + 10)),
    bytes: mebibyte.subarray(0, 30_000),
  },
  { name: 'a short stream', make: () => pieces('ab', '', 'c'), bytes: Buffer.from('abc') },
  { name: 'a stream of 40 MiB', make: () => repeat(mebibyte, 40), bytes: large },
];

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

async function* repeat(piece: Uint8Array, times: number): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < times; n++) yield await Promise.resolve(piece);
}

async function* failing(error: Error): AsyncGenerator<Uint8Array> {
  yield* repeat(mebibyte, 20); // more than one part of an upload
  throw error;
}

async function* endless(abort: AbortController): AsyncGenerator<Uint8Array> {
  for (let n = 0; ; n++) {
    if (n === 20) abort.abort();
    yield await Promise.resolve(mebibyte);
  }
}

async function drain(read: ObjectRead): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of read.body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function all(listing: AsyncIterable<StoredObject>): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  for await (const object of listing) found.push(object);
  return found;
}

/** A verb that throws at once and one that rejects are the same refusal. */
async function settle<T>(work: () => Promise<T>): Promise<T> {
  return await work();
}

const crcOf = (bytes: Uint8Array): Digest => `crc32:${crc32(bytes).toString(16).padStart(8, '0')}`;
const shaOf = (bytes: Uint8Array): Digest => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
