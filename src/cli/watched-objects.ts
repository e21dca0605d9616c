import { Failure, toFailure } from '../domain/failure.js';
import type { ObjectStore, StoredObject } from '../storage/object-store.js';

/** objects of a watched place; more want a folder further down */
const maxObjects = 200_000;

/** All that lies there. @throws Failure too_large */
export async function listed(store: ObjectStore): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  for await (const object of store.list('')) {
    if (objects.length >= maxObjects)
      throw new Failure(
        'too_large',
        `${store.location} has more than ${maxObjects} objects: watch a folder further down.`,
      );
    objects.push(object);
  }
  return objects;
}

/** The text of an object; undefined when it is gone. */
export async function textOf(
  store: ObjectStore,
  { key }: StoredObject,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const pieces: Uint8Array[] = [];
    for await (const piece of (await store.get(key, { signal })).body) pieces.push(piece);
    return Buffer.concat(pieces).toString('utf8');
  } catch (error) {
    signal.throwIfAborted();
    if (toFailure(error).code === 'not_found') return undefined;
    throw error;
  }
}
