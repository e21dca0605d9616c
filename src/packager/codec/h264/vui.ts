import type { BitReader } from '../../bits/bit-reader.js';
import { parseUsability, ratio, type Usability } from '../usability.js';

/** Video usability information, ITU-T H.264 Annex E, up to the timing. */
export interface Vui extends Usability {
  /** time_scale / (2 * num_units_in_tick) as a fraction; what the encoder says, which may be wrong. */
  readonly frameRate?: readonly [number, number];
}

/** @throws MalformedError */
export function parseVui(reader: BitReader): Vui {
  const usability = parseUsability(reader);
  const frameRate = reader.flag() ? parseTiming(reader) : undefined;
  return { ...usability, ...(frameRate && { frameRate }) };
}

function parseTiming(reader: BitReader): readonly [number, number] | undefined {
  const unitsInTick = reader.bits(32);
  const timeScale = reader.bits(32);
  return ratio(timeScale, unitsInTick * 2);
}
