import type { BitReader } from '../../bits/bit-reader.js';
import { parseUsability, ratio, type Usability } from '../usability.js';

/** Video usability information, ITU-T H.265 §E.2.1, up to the timing. */
export interface Vui extends Usability {
  /** vui_time_scale / vui_num_units_in_tick as a fraction; what the encoder says, which may be wrong. */
  readonly frameRate?: readonly [number, number];
}

/** @throws MalformedError */
export function parseVui(reader: BitReader): Vui {
  const usability = parseUsability(reader);
  reader.skip(3); // neutral_chroma_indication_flag, field_seq_flag, frame_field_info_present_flag
  if (reader.flag()) for (let side = 0; side < 4; side += 1) reader.ue(); // default_display_window_flag: offsets
  const frameRate = reader.flag() ? parseTiming(reader) : undefined;
  return { ...usability, ...(frameRate && { frameRate }) };
}

function parseTiming(reader: BitReader): readonly [number, number] | undefined {
  const unitsInTick = reader.bits(32);
  const timeScale = reader.bits(32);
  return ratio(timeScale, unitsInTick);
}
