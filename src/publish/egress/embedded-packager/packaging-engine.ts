import type { InventoryObject } from '../../../domain/inventory.js';
import type { AssetIndex } from '../../../packager/model/asset-index.js';
import type { ObjectStore } from '../../../storage/object-store.js';
import type { SegmentTask } from '../../../packager/packager.js';

/**
 * What touches media bytes: in this thread (`inline-engine.ts`, for the command line) or in worker threads (`threaded-engine.ts`, so that a
 * server's event loop is never held up). Whoever uses it decides what is to be made, and keeps the books.
 */
export interface PackagingEngine {
  /** Pieces of work that are worth handing over at the same time. */
  readonly concurrency: number;
  /** @param sourceRole the role to read an `s3://` source with */
  index(source: string, signal?: AbortSignal, sourceRole?: string): Promise<SourceIndex>;
  make(work: SegmentWork, signal?: AbortSignal): Promise<MadeSegments>;
}

export interface SourceIndex {
  readonly index: AssetIndex;
  /** Of what indexing read: playlists and the heads of segments. Changes when the source does. */
  readonly fingerprint: string;
}

/** Opens the storage of the settings, or the bucket that a request names; asked again, it gives the same store. */
export type OpenStore = (bucket: string | undefined) => ObjectStore;

/** One task, and where its outputs go. */
export interface SegmentWork {
  /** What was indexed: a reader reads one source and what it refers to. */
  readonly source: string;
  /** The role that reads it. */
  readonly sourceRole?: string | undefined;
  /** What `OpenStore` takes; by name, because a store does not travel between threads. */
  readonly bucket: string | undefined;
  readonly task: SegmentTask;
  /** One for each of `task.outputs`, in that order. */
  readonly targets: readonly SegmentTarget[];
}

/** The segment is stored in the first place and copied into the others. */
export interface SegmentTarget {
  readonly places: readonly SegmentPlace[];
}

export interface SegmentPlace {
  /** Key prefix of an endpoint. */
  readonly folder: string;
  /** of the object, relative to it */
  readonly name: string;
}

export interface MadeSegments {
  readonly bytesRead: number;
  readonly objects: readonly MadeObject[];
}

export interface MadeObject {
  readonly folder: string;
  /** its key is relative to the folder */
  readonly object: InventoryObject;
}
