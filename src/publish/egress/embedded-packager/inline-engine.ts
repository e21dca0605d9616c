import { Failure } from '../../../domain/failure.js';
import type { Digest, ObjectStore } from '../../../storage/object-store.js';
import { crc32Digest } from '../../../transfer/digest.js';
import { inFolder } from '../../../transfer/inventory.js';
import { maximumTaskBytes, packageSegment, type SegmentOutput, taskTooLarge } from '../../../packager/packager.js';
import type { SourceReader } from '../../../packager/model/source-reader.js';
import type {
  MadeObject,
  MadeSegments,
  OpenStore,
  PackagingEngine,
  SegmentPlace,
  SegmentTarget,
  SegmentWork,
} from './packaging-engine.js';
import { segmentSlots, type SegmentBuffers } from './segment-slots.js';
import { indexWithFingerprint } from './source-fingerprint.js';

/** Sources whose readers are kept: as many as jobs that may run at once, with room to spare. */
const rememberedReaders = 32;

export interface InlineEngineOptions {
  readonly openSource: (uri: string, role?: string) => Promise<SourceReader>;
  readonly openStore: OpenStore;
  /**
   * Tasks under way at once: while one is packaged, others are read and written (by the kernel, beside this thread). Each holds its
   * source bytes. 3 keep a local disk busy; a source or store across a network wants more.
   */
  readonly concurrency: number;
}

/** Packages in the calling thread. */
export function inlineEngine({ openSource, openStore, concurrency }: InlineEngineOptions): PackagingEngine {
  const slots = segmentSlots(concurrency);
  const readerOf = remembering(openSource);
  return {
    concurrency,
    index: async (source, signal, role) => indexWithFingerprint(await readerOf(source, role), source, signal),
    make: (work, signal) =>
      slots.use(async (buffers) =>
        makeSegments(
          { reader: await readerOf(work.source, work.sourceRole), store: openStore(work.bucket), buffers },
          work,
          signal,
        ),
      ),
  };
}

/** A reader knows what it read before (sizes, open connections), so segments of one source share one. */
function remembering(openSource: InlineEngineOptions['openSource']): InlineEngineOptions['openSource'] {
  const readers = new Map<string, Promise<SourceReader>>();
  return (uri, role) => {
    // Who may read a source says nothing of another role.
    const key = role === undefined ? uri : `${role} ${uri}`;
    const reader = readers.get(key) ?? openSource(uri, role);
    readers.delete(key);
    readers.set(key, reader); // the latest used stands last
    if (readers.size > rememberedReaders) readers.delete(readers.keys().next().value ?? key);
    return reader;
  };
}

interface Tools {
  readonly reader: SourceReader;
  readonly store: ObjectStore;
  readonly buffers: SegmentBuffers;
}

async function makeSegments(tools: Tools, { task, targets }: SegmentWork, signal?: AbortSignal): Promise<MadeSegments> {
  const sources: Uint8Array[] = [];
  let bytesRead = 0;
  for (const [i, range] of task.reads.entries()) {
    const limit = maximumTaskBytes - bytesRead;
    const bytes = await tools.buffers
      .fill(i, (into) => tools.reader.read(range, { limit, into, ...(signal && { signal }) }))
      .catch((error: unknown) => {
        throw isTooLarge(error) && task.segments.length > 1 ? taskTooLarge(task, 'more bytes') : error;
      });
    sources.push(bytes);
    bytesRead += bytes.byteLength;
  }
  signal?.throwIfAborted();
  const outputs = packageSegment(task, sources);
  const objects: MadeObject[] = [];
  for (const [index, output] of outputs.entries()) {
    const target = targets[index];
    if (target) objects.push(...(await storeSegment(tools.store, output, target, signal)));
  }
  return { bytesRead, objects };
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Failure && error.code === 'source_too_large';
}

async function storeSegment(
  store: ObjectStore,
  { contentType, data, size, iFrames, splices }: SegmentOutput,
  { places }: SegmentTarget,
  signal: AbortSignal | undefined,
): Promise<MadeObject[]> {
  const [first, ...others] = places;
  if (first === undefined) return [];
  const digest: Digest = crc32Digest(data);
  const made = ({ folder, name }: SegmentPlace, etag: string | undefined): MadeObject => {
    const facts = { ...(etag !== undefined && { etag }), ...(iFrames && { iFrames }), ...(splices && { splices }) };
    return { folder, object: { key: name, size, digest, contentType, ...facts } };
  };
  const key = inFolder(first.folder, first.name);
  const stored = await store.put(key, data, { contentType, digest, ...(signal && { signal }) });
  const objects = [made(first, stored.etag)];
  for (const place of others) {
    const copied = await store.copy(key, inFolder(place.folder, place.name));
    objects.push(made(place, copied.etag));
  }
  return objects;
}
