/** Where objects lie: a local folder or S3. Keys are `/`-separated, relative, without `.` or `..` parts (storage/keys.ts). */
export interface ObjectStore {
  /** What to call it in messages: `file:/srv/media` or `s3://bucket/prefix`. */
  readonly location: string;

  /**
   * Stores an object whole or not at all: a reader never sees a part of it. Overwrites.
   * Large streams go up in parts of bounded memory; parts of a failed upload are removed.
   * @throws Failure storage_full, storage_forbidden, storage_unavailable
   */
  put(key: string, body: ObjectBody, options?: PutOptions): Promise<StoredObject>;

  /** @throws Failure not_found when there is no such object; invalid_request when the range lies outside it. */
  get(key: string, options?: GetOptions): Promise<ObjectRead>;

  /** The object's facts, or undefined when there is none. */
  head(key: string): Promise<StoredObject | undefined>;

  /** Every object whose key starts with `prefix` (which ends in `/` or is empty), in no promised order, streamed. */
  list(prefix: string, options?: ListOptions): AsyncIterable<StoredObject>;

  /** Removes the object; no error when it is not there. */
  remove(key: string): Promise<void>;

  /** Server-side copy (a hard link locally: stored objects are never changed in place). */
  copy(from: string, to: string): Promise<StoredObject>;

  /**
   * Removes what killed processes left unfinished and nobody comes back to: files beside objects, uploads in parts. Looks at the whole store, so
   * once a day is often. @throws Failure as listing does
   */
  tidy(signal?: AbortSignal): Promise<void>;

  /** A URL that reads this object without further credentials until it expires; undefined where the store has none (local). */
  signedUrl(key: string, options: { expiresInSeconds: number }): Promise<string | undefined>;
}

/** A gather list is written without being joined; a stream may be of any length. */
export type ObjectBody = Uint8Array | readonly Uint8Array[] | AsyncIterable<Uint8Array>;

export interface PutOptions {
  readonly contentType?: string;
  /** What cannot be made again: once stored, it outlives a loss of power. On S3 everything does; a folder writes it through to the disk. */
  readonly durable?: boolean;
  /** The digest of the body where the caller has it; S3 checks it on arrival. */
  readonly digest?: Digest;
  /** bytes that a stream will have, where they are known: S3 takes large objects only in parts that are large enough */
  readonly expectedSize?: number;
  readonly signal?: AbortSignal;
}

export interface GetOptions {
  /** Bytes `start` up to and including `end`; `end` absent: to the end of the object. */
  readonly range?: { readonly start: number; readonly end?: number };
  readonly signal?: AbortSignal;
}

export interface ListOptions {
  /** Only what lies directly there: folders further down are not looked into. */
  readonly shallow?: boolean;
}

export interface StoredObject {
  readonly key: string;
  /** bytes */
  readonly size: number;
  /** Changes whenever the content is written anew; absent where the store has no such thing. */
  readonly etag?: string;
  readonly lastModified?: Date;
  readonly contentType?: string;
}

export interface ObjectRead extends StoredObject {
  readonly body: AsyncIterable<Uint8Array>;
  /** bytes that `body` will yield: the length of the range, or the size. */
  readonly length: number;
}

/**
 * `crc32:` 8 hex digits (ISO 3309; what S3 checks by default, 0.3 CPU s/GB) or `sha256:` 64 hex digits (0.9 CPU s/GB).
 * Segments that we make ourselves carry CRC-32; bytes that came from elsewhere carry SHA-256.
 */
export type Digest = `crc32:${string}` | `sha256:${string}`;
