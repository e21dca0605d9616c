/** Frames of one elementary stream of sound, in order, as ISOBMFF has them as samples: columns, one entry per frame. */
export interface AudioFrames {
  /** All frames' bytes: a view of the stream that was given. */
  readonly data: Uint8Array;
  readonly sizes: number[];
  /** Offset in the stream, as it was, of each frame's header. */
  readonly starts: number[];
}

/** How the frames of a coding can be told from other bytes. */
export interface FrameSync {
  readonly firstByte: number;
  /** bytes that must be there to tell */
  readonly headerLength: number;
  /** bytes of the frame whose header is at `at`, with the header; 0: there is none */
  readonly length: (bytes: Uint8Array, at: number) => number;
  /** Equal for all frames of one stream. */
  readonly signature: (bytes: Uint8Array, at: number) => number;
}

/** How many frames must follow each other before bytes that look like a header are believed to be one. */
const confirmations = 3;

export interface FrameRange {
  readonly from: number;
  readonly limit: number;
  /** No more bytes will come. */
  readonly complete: boolean;
}

/**
 * Offset of the first frame that commences at or after `from` and before `limit`: -1 when there is none, undefined when more bytes are
 * needed to tell.
 */
export function findFrame(
  bytes: Uint8Array,
  sync: FrameSync,
  { from, limit, complete }: FrameRange,
): number | undefined {
  for (let at = from; at < limit; at += 1) {
    if (bytes[at] !== sync.firstByte) continue;
    const verdict = isFrame(bytes, at, sync, complete);
    if (verdict === undefined) return undefined;
    if (verdict) return at;
  }
  return -1;
}

function isFrame(bytes: Uint8Array, at: number, sync: FrameSync, complete: boolean): boolean | undefined {
  let next = at;
  for (let frame = 0; frame <= confirmations; frame += 1) {
    if (next + sync.headerLength > bytes.length)
      return complete ? frame > 0 && (next >= bytes.length || bytes[next] === sync.firstByte) : undefined;
    const length = sync.length(bytes, next);
    if (length < sync.headerLength || sync.signature(bytes, next) !== sync.signature(bytes, at)) return false;
    next += length;
  }
  return true;
}
