import type { FindStartCode } from '../annexb.js';
import { copyUnit, firstUnit, noParameterSets, type PictureStart, type UnitKinds } from '../picture-start.js';
import { beginsAccessUnit, isSlice, nalHeaderLength, nalType, nalUnitType, sapType } from './nal-unit.js';

const kinds: UnitKinds = {
  typeOf: (bytes, startCode) => nalUnitType(bytes[startCode + 3] ?? 0),
  delimiter: nalType.accessUnitDelimiter,
  isSlice,
  // first_slice_segment_in_pic_flag
  isFirstSlice: (bytes, startCode) => (bytes[startCode + 3 + nalHeaderLength] ?? 0) >= 0x80,
  beginsAccessUnit,
};

/**
 * The first access unit that commences at or after `from`, where a PES packet with a time stamp begins.
 * @returns undefined when the bytes end before its first slice
 */
export function firstPicture(bytes: Uint8Array, find: FindStartCode, from: number): PictureStart | undefined {
  const first = firstUnit(bytes, { find, from, kinds });
  const parameterSets = noParameterSets();
  const { vps, sps, pps, sei } = parameterSets;
  const kept = new Map<number, Uint8Array[]>([
    [nalType.vps, vps],
    [nalType.sps, sps],
    [nalType.pps, pps],
    [nalType.prefixSei, sei],
  ]);
  for (let at = first; at >= 0; at = find(at + 3)) {
    const type = kinds.typeOf(bytes, at);
    if (isSlice(type)) {
      const start = first > from && bytes[first - 1] === 0 ? first - 1 : first;
      return { start, sap: sapType(type), parameterSets };
    }
    const units = kept.get(type);
    if (!units) continue;
    const nal = copyUnit(bytes, find, at);
    if (!nal) return undefined;
    units.push(nal);
  }
  return undefined;
}
