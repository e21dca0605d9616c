import type { BitReader } from '../bits/bit-reader.js';
import type { Colour, Picture } from '../model/video.js';

/** What H.264 and HEVC say alike at the start of their video usability information, Annex E of both. */
export type Usability = Pick<Picture, 'sampleAspectRatio' | 'colour'>;

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

/** Up to chroma_sample_loc_type_bottom_field. @throws MalformedError */
export function parseUsability(reader: BitReader): Usability {
  const sampleAspectRatio = reader.flag() ? parseAspectRatio(reader) : ([1, 1] as const);
  if (reader.flag()) reader.flag(); // overscan_info_present_flag: overscan_appropriate_flag
  const colour = reader.flag() ? parseSignalType(reader) : undefined;
  if (reader.flag()) {
    reader.ue(); // chroma_loc_info_present_flag: top and bottom field
    reader.ue();
  }
  return { sampleAspectRatio, ...(colour && { colour }) };
}

function parseAspectRatio(reader: BitReader): readonly [number, number] {
  const index = reader.bits(8);
  if (index !== extendedSar) return aspectRatios[index] ?? [1, 1];
  const ratio = [reader.bits(16), reader.bits(16)] as const;
  return ratio[0] === 0 || ratio[1] === 0 ? [1, 1] : ratio;
}

function parseSignalType(reader: BitReader): Colour | undefined {
  reader.skip(3); // video_format
  const fullRange = reader.flag();
  if (!reader.flag()) return undefined; // colour_description_present_flag
  return { primaries: reader.bits(8), transfer: reader.bits(8), matrix: reader.bits(8), fullRange };
}

/** A fraction in its lowest terms; undefined for one that means nothing. */
export function ratio(numerator: number, denominator: number): readonly [number, number] | undefined {
  if (numerator === 0 || denominator === 0) return undefined;
  const divisor = greatestCommonDivisor(numerator, denominator);
  return [numerator / divisor, denominator / divisor];
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
