import type { BitReader } from '../../bits/bit-reader.js';

/** Video usability information, ITU-T H.264 Annex E, up to the timing. */
export interface Vui {
  readonly sampleAspectRatio: readonly [number, number];
  /** time_scale / (2 * num_units_in_tick) as a fraction; what the encoder says, which may be wrong. */
  readonly frameRate?: readonly [number, number];
}

/** Table E-1; index 0 is unspecified. */
const aspectRatios: readonly (readonly [number, number])[] = [
  [1, 1],
  [1, 1],
  [12, 11],
  [10, 11],
  [16, 11],
  [40, 33],
  [24, 11],
  [20, 11],
  [32, 11],
  [80, 33],
  [18, 11],
  [15, 11],
  [64, 33],
  [160, 99],
  [4, 3],
  [3, 2],
  [2, 1],
];
const extendedSar = 255;

/** @throws MalformedError */
export function parseVui(reader: BitReader): Vui {
  const sampleAspectRatio = reader.flag() ? parseAspectRatio(reader) : ([1, 1] as const);
  if (reader.flag()) reader.flag(); // overscan_info_present_flag: overscan_appropriate_flag
  if (reader.flag()) {
    reader.skip(4); // video_signal_type_present_flag: video_format, video_full_range_flag
    if (reader.flag()) reader.skip(24); // colour_primaries, transfer_characteristics, matrix_coefficients
  }
  if (reader.flag()) {
    reader.ue(); // chroma_loc_info_present_flag: top and bottom field
    reader.ue();
  }
  const frameRate = reader.flag() ? parseTiming(reader) : undefined;
  return frameRate ? { sampleAspectRatio, frameRate } : { sampleAspectRatio };
}

function parseAspectRatio(reader: BitReader): readonly [number, number] {
  const index = reader.bits(8);
  if (index !== extendedSar) return aspectRatios[index] ?? [1, 1];
  const ratio = [reader.bits(16), reader.bits(16)] as const;
  return ratio[0] === 0 || ratio[1] === 0 ? [1, 1] : ratio;
}

function parseTiming(reader: BitReader): readonly [number, number] | undefined {
  const unitsInTick = reader.bits(32);
  const timeScale = reader.bits(32);
  if (unitsInTick === 0 || timeScale === 0) return undefined;
  const divisor = greatestCommonDivisor(timeScale, unitsInTick * 2);
  return [timeScale / divisor, (unitsInTick * 2) / divisor];
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
