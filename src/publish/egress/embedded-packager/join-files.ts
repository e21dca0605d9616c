import pLimit from 'p-limit';
import { crc32 } from 'node:zlib';
import { Failure } from '../../../domain/failure.js';
import type { InventoryObject } from '../../../domain/inventory.js';
import { filePeriods, layOut, type FilePeriod } from '../../../packager/packager.js';
import type { ObjectStore } from '../../../storage/object-store.js';
import { crc32Digest, crc32OfJoined, crc32Text } from '../../../transfer/digest.js';
import { inFolder } from '../../../transfer/inventory.js';
import { objectOf, type EndpointState } from './endpoint-state.js';

/** Segments that are removed at the same time. */
const removeConcurrency = 8;

/**
 * SegmentLayout SINGLE_FILE: the segments, which were made as objects of their own in any order and by any process, are joined to one object per
 * rendition and period, one after the other, and removed then. So no more than one rendition lies there twice, and memory holds what the store
 * holds of one stream. A killed job goes on at the file that is not recorded yet.
 */
export async function joinFiles(endpoint: EndpointState, signal?: AbortSignal): Promise<void> {
  for (const period of filePeriods(endpoint.presentation)) {
    signal?.throwIfAborted();
    if (!endpoint.made.has(period.file.name)) await joinFile(endpoint, period, signal);
    await removeSegments(endpoint, period);
  }
}

async function joinFile(endpoint: EndpointState, period: FilePeriod, signal?: AbortSignal): Promise<void> {
  const { work, made, journal } = endpoint;
  const { store, folder } = work.at;
  const { name, contentType } = period.file;
  const segments = period.segments.map((segment) => objectOf(endpoint, segment.name));
  const { head, size } = layOut(period, made);
  const digest = crc32OfJoined([{ digest: crc32Digest([head]), size: head.length }, ...segments]);
  const keys = segments.map(({ key }) => inFolder(folder, key));
  const key = inFolder(folder, name);
  const { etag } = await store.put(key, checked({ key, digest, store }, joined(store, head, keys, signal)), {
    contentType,
    expectedSize: size,
    ...(signal && { signal }),
  });
  const facts = segments.map(({ size: bytes, iFrames, splices }) => ({
    size: bytes,
    ...(iFrames && { iFrames }),
    ...(splices && { splices }),
  }));
  const object: InventoryObject = {
    ...{ key: name, size, digest, contentType },
    ...(etag !== undefined && { etag }),
    segments: facts,
  };
  made.set(name, object);
  await journal.record([object]);
  await journal.flush(); // before what it is made of goes
}

async function* joined(
  store: ObjectStore,
  head: Uint8Array,
  keys: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  for (const key of keys) yield* (await store.get(key, signal && { signal })).body;
}

interface Expected {
  readonly key: string;
  readonly digest: InventoryObject['digest'];
  readonly store: ObjectStore;
}

/** Fails before the last of it counts as stored when a segment is not what it was when it was made. */
async function* checked(
  { key, digest, store }: Expected,
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let value = 0;
  for await (const piece of stream) {
    value = crc32(piece, value);
    yield piece;
  }
  const found = crc32Text(value);
  if (found === digest) return;
  throw new Failure(
    'storage_unavailable',
    `A segment of "${key}" in ${store.location} has changed since it was stored: joined they have the digest ${found}, expected is ${digest}. ` +
      'The next attempt makes it again.',
  );
}

/** Those that are there: an earlier run may have removed some. */
async function removeSegments({ work, made }: EndpointState, { segments }: FilePeriod): Promise<void> {
  const { store, folder } = work.at;
  const limit = pLimit(removeConcurrency);
  const left = segments.filter(({ name }) => made.has(name));
  await Promise.all(
    left.map(({ name }) =>
      limit(async () => {
        await store.remove(inFolder(folder, name));
        made.delete(name);
      }),
    ),
  );
}
