import { MalformedError } from '../bits/malformed.js';

/** The one thing of Node's Buffer that is wanted: searching several bytes natively (3 times the speed of what follows without it). */
interface SearchableBytes {
  indexOf(pattern: Uint8Array, from: number): number;
}
interface NativeBuffer {
  from(buffer: ArrayBufferLike, offset: number, length: number): SearchableBytes;
}

/** Offset of the next 00 00 01 at or after `from`, or -1. */
export type FindStartCode = (from: number) => number;

/** start_code_prefix_one_3bytes, ITU-T H.264 Annex B. */
const startCode = Uint8Array.of(0, 0, 1);

/** A search over these bytes, which must not move while it is used. Native where `globalThis.Buffer` is, plain elsewhere. */
export function startCodeFinder(
  bytes: Uint8Array,
  native = (globalThis as { Buffer?: NativeBuffer }).Buffer,
): FindStartCode {
  if (!native) return (from) => findStartCode(bytes, from);
  const searchable = native.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return (from) => searchable.indexOf(startCode, from);
}

function findStartCode(bytes: Uint8Array, from: number): number {
  for (let one = bytes.indexOf(1, from + 2); one >= 0; one = bytes.indexOf(1, one + 1)) {
    if (bytes[one - 1] === 0 && bytes[one - 2] === 0) return one - 2;
  }
  return -1;
}

/** Where a NAL unit ends that runs up to `limit`: trailing_zero_8bits (and the zero_byte of the next start code) are no part of it. */
export function withoutTrailingZeros(bytes: Uint8Array, start: number, limit: number): number {
  let end = limit;
  while (end > start && bytes[end - 1] === 0) end -= 1;
  return end;
}

/** Who takes the NAL units of a byte stream, one after the other. */
interface NalUnitTaker {
  readonly find: FindStartCode;
  /** @param startCode offset of the start code before the unit @param end where the unit ends */
  take(startCode: number, end: number): void;
}

/** Hands on every NAL unit from `from` on, where a start code has to stand. @throws MalformedError; what the taker throws */
export function takeNalUnits(bytes: Uint8Array, from: number, taker: NalUnitTaker): void {
  const { find } = taker;
  let at = find(from);
  if (at < 0 || at - from > 1) throw new MalformedError('no start code where a picture should begin', from);
  while (at >= 0) {
    const next = find(at + 3);
    taker.take(at, withoutTrailingZeros(bytes, at + 3, next < 0 ? bytes.length : next));
    at = next;
  }
}
