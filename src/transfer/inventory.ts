import pLimit from 'p-limit';
import { Failure } from '../domain/failure.js';
import { inventoryKey, type Inventory, type InventoryObject } from '../domain/inventory.js';
import type { Digest, ObjectStore, StoredObject } from '../storage/object-store.js';
import { crc32Digest, digestLike } from './digest.js';

/** bytes: an inventory of half a million objects (read in 4 s, 600 MiB); a larger one is not ours. */
export const maxInventoryBytes = 256 * 1024 * 1024;
/** Objects that are read again at the same time. */
const rereadConcurrency = 4;

export interface Verification {
  /** Every object with its listed size and digest is there. */
  readonly complete: boolean;
  readonly intact: readonly InventoryObject[];
  readonly missing: readonly string[];
  /** There, but of another size or content. */
  readonly damaged: readonly string[];
}

export interface VerifyOptions {
  /**
   * Also compare content: by etag where the store's etag tells of it and the inventory has it too, else the object is read again and its
   * digest compared (0.5 CPU s/GB). Default: presence and size only.
   */
  readonly deep?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * The inventory of the endpoint or recording in `folder` (no trailing slash; '' is the store's root), or undefined when none stands.
 * @throws Failure inventory_damaged when there is one that cannot be read
 */
export async function readInventory(store: ObjectStore, folder: string): Promise<Inventory | undefined> {
  const text = await readSmallObject(store, inFolder(folder, inventoryKey), maxInventoryBytes);
  if (text === undefined) return undefined;
  const { inventorySchema } = await import('../domain/inventory-schema.js');
  const parsed = inventorySchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const what = issue ? `${issue.path.join('.') || 'the file'}: ${issue.message}` : 'not JSON';
  throw new Failure(
    'inventory_damaged',
    `${store.location}/${inFolder(folder, inventoryKey)} is not an inventory: ${what}`,
  );
}

/**
 * Announces that all it lists is in place: the last write of a job.
 * @throws Failure too_large when it could not be read back
 */
export async function writeInventory(store: ObjectStore, folder: string, inventory: Inventory): Promise<void> {
  const body = Buffer.from(JSON.stringify(inventory));
  if (body.byteLength > maxInventoryBytes)
    throw new Failure(
      'too_large',
      `The inventory of ${store.location}/${folder} has ${body.byteLength} bytes; at most ${maxInventoryBytes} are allowed (maxInventoryBytes).`,
    );
  await store.put(inFolder(folder, inventoryKey), body, { contentType: 'application/json', durable: true });
}

/** An object that belongs to a folder and is not made with the rest of it. */
export interface AddedFile {
  /** relative to the folder */
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/**
 * Puts one more object into a finished folder, and into its inventory; the same once more changes nothing.
 * @throws Failure not_found when nothing is finished there
 */
export async function addToFolder(
  store: ObjectStore,
  folder: string,
  { key, bytes, contentType }: AddedFile,
): Promise<void> {
  const inventory = await readInventory(store, folder);
  if (!inventory) throw new Failure('not_found', `There is no inventory in ${store.location}/${folder}.`);
  const digest = crc32Digest([bytes]);
  const { etag } = await store.put(inFolder(folder, key), bytes, { contentType, digest });
  const object = { key, size: bytes.byteLength, digest, contentType, ...(etag !== undefined && { etag }) };
  const others = inventory.objects.filter((each) => each.key !== key);
  await writeInventory(store, folder, { ...inventory, objects: [...others, object] });
}

/** Compares what the inventory lists with what lies in the folder. */
export async function verifyInventory(
  store: ObjectStore,
  folder: string,
  inventory: Inventory,
  options: VerifyOptions = {},
): Promise<Verification> {
  const listing = await listFolder(store, folder);
  return verifyObjects({ store, folder, listing }, inventory.objects, options);
}

/** What lies in a folder, by key relative to it. */
export interface FolderListing {
  readonly store: ObjectStore;
  readonly folder: string;
  readonly listing: ReadonlyMap<string, StoredObject>;
}

/** Compares objects that are said to be in a folder with its listing (and content, when `deep`). */
export async function verifyObjects(
  { store, folder, listing }: FolderListing,
  objects: readonly InventoryObject[],
  { deep = false, signal }: VerifyOptions = {},
): Promise<Verification> {
  const limit = pLimit(rereadConcurrency);
  const etagTells = etagTellsOfContent(store);
  const states = await Promise.all(
    objects.map(async (object) => {
      const found = listing.get(object.key);
      if (!found) return 'missing';
      if (found.size !== object.size) return 'damaged';
      if (!deep || (etagTells && object.etag !== undefined && object.etag === found.etag)) return 'intact';
      return limit(() => reread(store, inFolder(folder, object.key), object.digest, signal));
    }),
  );
  const keysOf = (state: (typeof states)[number]) =>
    objects.filter((_, i) => states[i] === state).map(({ key }) => key);
  return {
    complete: states.every((state) => state === 'intact'),
    intact: objects.filter((_, i) => states[i] === 'intact'),
    missing: keysOf('missing'),
    damaged: keysOf('damaged'),
  };
}

/** A local file's etag is its inode and time: a disk that lost or changed bytes (power cut, decay) keeps both. */
function etagTellsOfContent(store: ObjectStore): boolean {
  return !store.location.startsWith('file:');
}

async function reread(
  store: ObjectStore,
  key: string,
  expected: Digest,
  signal: AbortSignal | undefined,
): Promise<'intact' | 'damaged' | 'missing'> {
  signal?.throwIfAborted();
  try {
    const { body } = await store.get(key, signal && { signal });
    return (await digestLike(expected, body)) === expected ? 'intact' : 'damaged';
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') return 'missing';
    throw error;
  }
}

/** Every object of the folder, keyed relative to it. */
export async function listFolder(store: ObjectStore, folder: string): Promise<Map<string, StoredObject>> {
  const prefix = folder === '' ? '' : `${folder}/`;
  const listing = new Map<string, StoredObject>();
  for await (const object of store.list(prefix)) listing.set(object.key.slice(prefix.length), object);
  return listing;
}

/** The key of an object in a folder of the store. */
export function inFolder(folder: string, key: string): string {
  return folder === '' ? key : `${folder}/${key}`;
}

/** An object's text, or undefined when there is none. @throws Failure too_large beyond `limit` bytes */
export async function readSmallObject(store: ObjectStore, key: string, limit: number): Promise<string | undefined> {
  const object = await store.get(key).catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'not_found') return undefined;
    throw error;
  });
  if (!object) return undefined;
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of object.body) {
    size += part.byteLength;
    if (size > limit)
      throw new Failure('too_large', `${store.location}/${key} is larger than ${limit} bytes; expected a small file`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
