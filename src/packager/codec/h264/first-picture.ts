import { copyUnit, firstUnit, noParameterSets, type PictureStart, type UnitKinds } from '../picture-start.js';
import type { FindStartCode } from '../annexb.js';
import { beginsAccessUnit, nalType } from './nal-unit.js';
import { recoveryFrameCount } from './sei.js';

const kinds: UnitKinds = {
  typeOf: (bytes, startCode) => (bytes[startCode + 3] ?? 0) & 31,
  delimiter: nalType.accessUnitDelimiter,
  isSlice: (type) => type === nalType.slice || type === nalType.idrSlice,
  // first_mb_in_slice is 0 when its first bit is 1.
  isFirstSlice: (bytes, startCode) => (bytes[startCode + 4] ?? 0) >= 0x80,
  beginsAccessUnit,
};

/**
 * The first access unit that commences at or after `from`, where a PES packet with a time stamp begins: an IDR picture is SAP type 1, a recovery
 * point that is exact at once type 3.
 * @returns undefined when the bytes end before its first slice
 */
export function firstPicture(bytes: Uint8Array, find: FindStartCode, from: number): PictureStart | undefined {
  const first = firstUnit(bytes, { find, from, kinds });
  const parameterSets = noParameterSets();
  let recovery: number | undefined;
  for (let at = first; at >= 0; at = find(at + 3)) {
    const type = kinds.typeOf(bytes, at);
    if (kinds.isSlice(type)) {
      const start = first > from && bytes[first - 1] === 0 ? first - 1 : first;
      const sap = type === nalType.idrSlice ? 1 : recovery === undefined ? 0 : recovery === 0 ? 3 : 4;
      return { start, sap, parameterSets };
    }
    if (type !== nalType.sps && type !== nalType.pps && type !== nalType.sei) continue;
    const nal = copyUnit(bytes, find, at);
    if (!nal) return undefined;
    if (type === nalType.sei) recovery ??= recoveryFrameCount(nal);
    else (type === nalType.sps ? parameterSets.sps : parameterSets.pps).push(nal);
  }
  return undefined;
}
