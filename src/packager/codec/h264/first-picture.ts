import { type FindStartCode, withoutTrailingZeros } from './annexb.js';
import { beginsAccessUnit, nalType } from './nal-unit.js';
import { recoveryFrameCount } from './sei.js';

/** The beginning of an access unit, up to its first slice. */
export interface PictureStart {
  /** Offset of its first start code, or of the zero_byte before that. */
  readonly start: number;
  /** Stream access point type, ISO/IEC 14496-12 Annex I: 1 IDR, 3 recovery point that is exact at once, 4 later, 0 none. */
  readonly sap: 0 | 1 | 3 | 4;
  readonly sps: readonly Uint8Array[];
  readonly pps: readonly Uint8Array[];
}

/**
 * The first access unit that commences at or after `from`, where a PES packet with a time stamp begins.
 * @returns undefined when the bytes end before its first slice
 */
export function firstPicture(bytes: Uint8Array, find: FindStartCode, from: number): PictureStart | undefined {
  const first = firstUnit(bytes, find, from);
  const sps: Uint8Array[] = [];
  const pps: Uint8Array[] = [];
  let recovery: number | undefined;
  for (let at = first; at >= 0; at = find(at + 3)) {
    const type = typeAt(bytes, at);
    if (type === nalType.slice || type === nalType.idrSlice) {
      const start = first > from && bytes[first - 1] === 0 ? first - 1 : first;
      const sap = type === nalType.idrSlice ? 1 : recovery === undefined ? 0 : recovery === 0 ? 3 : 4;
      return { start, sap, sps, pps };
    }
    if (type !== nalType.sps && type !== nalType.pps && type !== nalType.sei) continue;
    const next = find(at + 3);
    if (next < 0) return undefined;
    // A copy that is just so large: `slice` of a Buffer would be a view, and keep all of it.
    const nal = new Uint8Array(bytes.subarray(at + 3, withoutTrailingZeros(bytes, at + 3, next)));
    if (type === nalType.sei) recovery ??= recoveryFrameCount(nal);
    else (type === nalType.sps ? sps : pps).push(nal);
  }
  return undefined;
}

/** Start code of the first NAL unit that begins an access unit; what comes before is the rest of another. */
function firstUnit(bytes: Uint8Array, find: FindStartCode, from: number): number {
  let begun: boolean | undefined;
  for (let at = find(from); at >= 0; at = find(at + 3)) {
    const type = typeAt(bytes, at);
    const isSlice = type === nalType.slice || type === nalType.idrSlice;
    const isFirstSlice = isSlice && (bytes[at + 4] ?? 0) >= 0x80;
    if (type === nalType.accessUnitDelimiter) return at;
    begun ??= hasBegunBefore(bytes, from);
    if (!begun && (beginsAccessUnit(type) || isFirstSlice)) return at;
    if (isSlice) begun = false;
  }
  return -1;
}

/** Is the unit before `from` a delimiter, parameter set or SEI? Then an access unit has begun, whose slices are still to come. */
function hasBegunBefore(bytes: Uint8Array, from: number): boolean {
  for (let one = lastOne(bytes, from - 1); one >= 2; one = lastOne(bytes, one - 1)) {
    if (bytes[one - 1] === 0 && bytes[one - 2] === 0) return beginsAccessUnit(typeAt(bytes, one - 2));
  }
  return false;
}

/** Offset of the last byte of 1 at or before `at`, or -1. */
function lastOne(bytes: Uint8Array, at: number): number {
  return at < 0 ? -1 : bytes.lastIndexOf(1, at);
}

function typeAt(bytes: Uint8Array, startCode: number): number {
  return (bytes[startCode + 3] ?? 0) & 31;
}
