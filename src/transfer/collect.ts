import { HttpFault } from '../net/http-fault.js';
import { tooLarge } from './source-failure.js';

interface CollectOptions {
  /** For messages. */
  readonly shown: string;
  /** bytes at the start that are not wanted */
  readonly skip: number;
  /** bytes; more is a failure */
  readonly limit: number;
  /** bytes after which the rest is not wanted, and the connection is closed */
  readonly stopAt?: number;
  /** bytes that must come, where that is known: they are then collected in one buffer from the start */
  readonly expected?: number;
  /** Used if the bytes fit. */
  readonly into?: Uint8Array;
}

/**
 * A body's bytes in one buffer.
 * @throws HttpFault cut when fewer came than expected; Failure source_too_large when more came than the limit
 */
export async function collect(body: AsyncIterable<Uint8Array>, options: CollectOptions): Promise<Uint8Array> {
  const { shown, limit, stopAt = Infinity, expected, into } = options;
  const target = growing(expected, into);
  let skip = options.skip;
  let size = 0;
  for await (const piece of body) {
    const wanted = piece.subarray(Math.min(skip, piece.byteLength), skip + (stopAt - size));
    skip -= Math.min(skip, piece.byteLength);
    size += wanted.byteLength;
    if (size > limit) throw tooLarge(shown, limit);
    if (expected !== undefined && size > expected) throw wrongLength(shown, expected, 'more');
    target.add(wanted);
    if (size === stopAt) break;
  }
  if (expected !== undefined && size < expected) throw wrongLength(shown, expected, `only ${size}`);
  return target.bytes();
}

function wrongLength(shown: string, expected: number, given: string): HttpFault {
  return new HttpFault('cut', `${shown} gave ${given} bytes, ${expected} were announced`);
}

function growing(expected: number | undefined, into: Uint8Array | undefined) {
  const fixed =
    expected === undefined
      ? undefined
      : into && into.byteLength >= expected
        ? into.subarray(0, expected)
        : Buffer.allocUnsafe(expected);
  const pieces: Uint8Array[] = [];
  let filled = 0;
  return {
    add(piece: Uint8Array): void {
      if (!fixed) pieces.push(piece);
      else fixed.set(piece, filled);
      filled += piece.byteLength;
    },
    bytes(): Uint8Array {
      return fixed ?? Buffer.concat(pieces);
    },
  };
}
