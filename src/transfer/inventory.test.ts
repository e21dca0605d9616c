import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Inventory, InventoryObject } from '../domain/inventory.js';
import { localStore } from '../storage/local.js';
import type { ObjectStore } from '../storage/object-store.js';
import { crc32Digest, digestLike } from './digest.js';
import { readInventory, verifyInventory, writeInventory } from './inventory.js';

let root: string;
let store: ObjectStore;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'reelway-inventory-'));
  store = localStore({ folder: root });
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function place(key: string, text: string): Promise<InventoryObject> {
  const bytes = Buffer.from(text);
  await store.put(`asset/${key}`, bytes);
  return { key, size: bytes.byteLength, digest: crc32Digest([bytes]), contentType: 'text/plain' };
}

async function announce(objects: InventoryObject[]): Promise<Inventory> {
  const inventory: Inventory = {
    version: 1,
    subject: 'asset/cmaf',
    fingerprint: 'f',
    completedAt: '2026-01-02T03:04:05.000Z',
    entries: ['index.m3u8'],
    objects,
  };
  await writeInventory(store, 'asset', inventory);
  return inventory;
}

describe('an inventory', () => {
  it('is read as it was written, and is absent where none was', async () => {
    const inventory = await announce([await place('a', 'one')]);
    expect(await readInventory(store, 'asset')).toEqual(inventory);
    expect(await readInventory(store, 'other')).toBeUndefined();
  });

  it.each([
    ['half a file', '{"version":1,"subj', /not JSON|expected object/],
    ['another version', '{"version":2}', /version/],
  ])('that is %s is refused as damaged, with what is wrong', async (_, text, message) => {
    await store.put('asset/.reelway/inventory.json', Buffer.from(text));
    await expect(readInventory(store, 'asset')).rejects.toMatchObject({ code: 'inventory_damaged' });
    await expect(readInventory(store, 'asset')).rejects.toThrow(message);
  });

  it('finds what is missing, of another size, or of other content', async () => {
    const inventory = await announce([
      await place('whole', 'one'),
      await place('gone', 'two'),
      await place('cut', 'three'),
      await place('flipped', 'four'),
    ]);
    await store.remove('asset/gone');
    await store.put('asset/cut', Buffer.from('thr'));
    await store.put('asset/flipped', Buffer.from('f0ur'));

    const shallow = await verifyInventory(store, 'asset', inventory);
    expect(shallow).toMatchObject({ complete: false, missing: ['gone'], damaged: ['cut'] });
    const deep = await verifyInventory(store, 'asset', inventory, { deep: true });
    expect(deep).toMatchObject({ complete: false, missing: ['gone'], damaged: ['cut', 'flipped'] });
    expect(deep.intact.map(({ key }) => key)).toEqual(['whole']);
  });

  it('is complete when everything is in place', async () => {
    const inventory = await announce([await place('a', 'one'), await place('b', 'two')]);
    expect(await verifyInventory(store, 'asset', inventory, { deep: true })).toMatchObject({ complete: true });
  });

  it('does not trust the etag of a local file: bytes may change under it', async () => {
    const object = await place('a', 'one');
    const { etag = '', lastModified = new Date() } = (await store.head('asset/a')) ?? {};
    const inventory = await announce([{ ...object, etag }]);
    await writeFile(join(root, 'asset/a'), 'two');
    await utimes(join(root, 'asset/a'), lastModified, lastModified);
    expect(await verifyInventory(store, 'asset', inventory, { deep: true })).toMatchObject({ damaged: ['a'] });
  });
});

describe('a digest', () => {
  const parts = [Buffer.from('12345'), Buffer.from('6789')];
  // The check value of CRC-32 (ISO 3309), and SHA-256, of the text 123456789.
  it.each(['crc32:cbf43926', 'sha256:15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'] as const)(
    'of a body in parts is that of the whole: %s',
    async (digest) => {
      // eslint-disable-next-line @typescript-eslint/require-await -- bodies of objects are asynchronous
      async function* body() {
        yield* parts;
      }
      expect(await digestLike(digest, body())).toBe(digest);
    },
  );

  it('of a gather list is that of the joined bytes', () => {
    expect(crc32Digest(parts)).toBe('crc32:cbf43926');
  });
});
