/** Something that can be read. */
export interface SourceResource {
  readonly uri: string;
  /** How it has to be deciphered. Offsets and lengths then count deciphered bytes, as though they lay where the encryption begins. */
  readonly encryption?: SegmentEncryption;
}

/** AES-128 of HLS, RFC 8216bis §4.4.4.4: CBC with PKCS#7 padding. The reader gets the key. */
export interface SegmentEncryption {
  readonly method: 'AES-128';
  /** Where the key is. */
  readonly key: string;
  /** 32 hexadecimal digits */
  readonly iv: string;
  /** What of the resource is encrypted as one, bytes; without a length, all from the offset on. */
  readonly offset: number;
  readonly length?: number;
}

/** A stretch of bytes of a resource; the whole of it when offset and length are absent. */
export interface SourceRange extends SourceResource {
  readonly offset?: number;
  readonly length?: number;
}

/** How the packager gets bytes: it opens nothing by itself. Errors of the medium (missing, forbidden, cut off) pass through unchanged. */
export interface SourceReader {
  /** Exactly the bytes of the range (whole resource when offset and length are absent). Throws when they are more than `limit`. */
  read(range: SourceRange, options?: ReadOptions): Promise<Uint8Array>;
  /** Up to `length` bytes from `offset`: fewer only at the end of the resource, none beyond it. */
  readSome(
    resource: SourceResource,
    offset: number,
    length: number,
    options?: Omit<ReadOptions, 'limit'>,
  ): Promise<Uint8Array>;
  /** bytes */
  size(resource: SourceResource, signal?: AbortSignal): Promise<number>;
}

export interface ReadOptions {
  /** bytes */
  readonly limit?: number;
  readonly signal?: AbortSignal;
  /** Where to put the bytes if they fit; the result is then a view of it. */
  readonly into?: Uint8Array;
}
