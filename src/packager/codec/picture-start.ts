import type { SapType } from '../model/sap-type.js';
import { type FindStartCode, withoutTrailingZeros } from './annexb.js';

/** The beginning of an access unit, up to its first slice. */
export interface PictureStart {
  /** Offset of its first start code, or of the zero_byte before that. */
  readonly start: number;
  readonly sap: SapType;
  readonly parameterSets: ParameterSetUnits;
}

/** NAL units that stand before a picture, without start codes. */
export interface ParameterSetUnits {
  /** HEVC */
  readonly vps: Uint8Array[];
  readonly sps: Uint8Array[];
  readonly pps: Uint8Array[];
  /** Prefix SEI of HEVC, which tells what the picture was mastered on. */
  readonly sei: Uint8Array[];
}

export function noParameterSets(): ParameterSetUnits {
  return { vps: [], sps: [], pps: [], sei: [] };
}

/** A copy of a NAL unit that is just so large: `slice` of a Buffer would be a view, and keep all of it. Undefined when its end is not there. */
export function copyUnit(bytes: Uint8Array, find: FindStartCode, startCode: number): Uint8Array | undefined {
  const next = find(startCode + 3);
  return next < 0
    ? undefined
    : new Uint8Array(bytes.subarray(startCode + 3, withoutTrailingZeros(bytes, startCode + 3, next)));
}

/** How a codec's NAL units make access units. */
export interface UnitKinds {
  readonly typeOf: (bytes: Uint8Array, startCode: number) => number;
  readonly delimiter: number;
  readonly isSlice: (type: number) => boolean;
  /** Of the first slice of a picture. */
  readonly isFirstSlice: (bytes: Uint8Array, startCode: number) => boolean;
  /** After the slices of a picture, it is the first unit of the next. */
  readonly beginsAccessUnit: (type: number) => boolean;
}

/** Start code of the first NAL unit that begins an access unit; what comes before is the rest of another. -1: there is none. */
export function firstUnit(
  bytes: Uint8Array,
  { find, from, kinds }: { find: FindStartCode; from: number; kinds: UnitKinds },
): number {
  let begun: boolean | undefined;
  for (let at = find(from); at >= 0; at = find(at + 3)) {
    const type = kinds.typeOf(bytes, at);
    const isSlice = kinds.isSlice(type);
    const isFirstSlice = isSlice && kinds.isFirstSlice(bytes, at);
    if (type === kinds.delimiter) return at;
    begun ??= hasBegunBefore(bytes, from, kinds);
    if (!begun && (kinds.beginsAccessUnit(type) || isFirstSlice)) return at;
    if (isSlice) begun = false;
  }
  return -1;
}

/** Is the unit before `from` a delimiter, parameter set or SEI? Then an access unit has begun, whose slices are still to come. */
function hasBegunBefore(bytes: Uint8Array, from: number, kinds: UnitKinds): boolean {
  for (let one = lastOne(bytes, from - 1); one >= 2; one = lastOne(bytes, one - 1)) {
    if (bytes[one - 1] === 0 && bytes[one - 2] === 0) return kinds.beginsAccessUnit(kinds.typeOf(bytes, one - 2));
  }
  return false;
}

/** Offset of the last byte of 1 at or before `at`, or -1. */
function lastOne(bytes: Uint8Array, at: number): number {
  return at < 0 ? -1 : bytes.lastIndexOf(1, at);
}
