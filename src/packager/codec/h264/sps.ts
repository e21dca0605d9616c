import { BitReader } from '../../bits/bit-reader.js';
import { rawByteSequence } from '../../bits/emulation-prevention.js';
import { MalformedError } from '../../bits/malformed.js';
import { parseVui, type Vui } from './vui.js';

/** Sequence parameter set, ITU-T H.264 §7.3.2.1.1: what manifests, sample entries and slice headers need of it. */
export interface SequenceParameterSet {
  readonly id: number;
  readonly profile: number;
  /** constraint_set0_flag to constraint_set5_flag and two reserved bits, as the byte they are in. */
  readonly constraints: number;
  readonly level: number;
  readonly chromaFormat: number;
  readonly separateColourPlanes: boolean;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  /** log2_max_frame_num */
  readonly frameNumBits: number;
  readonly pictureOrder: PictureOrderScheme;
  readonly frameMbsOnly: boolean;
  /** After cropping, in luma samples. */
  readonly width: number;
  readonly height: number;
  readonly vui: Vui;
}

/** pic_order_cnt_type and what belongs to it, ITU-T H.264 §8.2.1. */
export type PictureOrderScheme =
  | { readonly type: 0; readonly lsbBits: number }
  | {
      readonly type: 1;
      readonly deltaAlwaysZero: boolean;
      readonly offsetForNonReference: number;
      readonly offsetTopToBottom: number;
      readonly offsetsForReference: readonly number[];
    }
  | { readonly type: 2 };

/** Profiles whose SPS carries chroma format, bit depths and scaling matrices. */
const highProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** @param nal with its header byte @throws MalformedError */
export function parseSps(nal: Uint8Array): SequenceParameterSet {
  const reader = new BitReader(rawByteSequence(nal).subarray(1));
  const profile = reader.bits(8);
  const constraints = reader.bits(8);
  const level = reader.bits(8);
  const id = within(reader, 'seq_parameter_set_id', 31);
  const chroma = highProfiles.has(profile) ? parseChroma(reader) : baselineChroma;
  const frameNumBits = within(reader, 'log2_max_frame_num_minus4', 12) + 4;
  const pictureOrder = parsePictureOrder(reader);
  reader.ue(); // max_num_ref_frames
  reader.flag(); // gaps_in_frame_num_value_allowed_flag
  const size = parseSize(reader, chroma);
  const vui = reader.flag() ? parseVui(reader) : { sampleAspectRatio: [1, 1] as const };
  return { id, profile, constraints, level, ...chroma, frameNumBits, pictureOrder, ...size, vui };
}

/** RFC 6381 §3.3: profile_idc, constraint flags and level_idc in hexadecimal. */
export function avcCodecString(sps: SequenceParameterSet, sampleEntry: 'avc1' | 'avc3'): string {
  const hex = [sps.profile, sps.constraints, sps.level].map((byte) => byte.toString(16).padStart(2, '0'));
  return `${sampleEntry}.${hex.join('')}`;
}

interface Chroma {
  readonly chromaFormat: number;
  readonly separateColourPlanes: boolean;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
}

const baselineChroma: Chroma = { chromaFormat: 1, separateColourPlanes: false, bitDepthLuma: 8, bitDepthChroma: 8 };

function parseChroma(reader: BitReader): Chroma {
  const chromaFormat = within(reader, 'chroma_format_idc', 3);
  const separateColourPlanes = chromaFormat === 3 && reader.flag();
  const bitDepthLuma = within(reader, 'bit_depth_luma_minus8', 6) + 8;
  const bitDepthChroma = within(reader, 'bit_depth_chroma_minus8', 6) + 8;
  reader.flag(); // qpprime_y_zero_transform_bypass_flag
  if (reader.flag()) skipScalingLists(reader, chromaFormat === 3 ? 12 : 8);
  return { chromaFormat, separateColourPlanes, bitDepthLuma, bitDepthChroma };
}

/** §7.3.2.1.1.1; the values only matter to a decoder. */
function skipScalingLists(reader: BitReader, count: number): void {
  for (let list = 0; list < count; list += 1) {
    if (!reader.flag()) continue;
    const size = list < 6 ? 16 : 64;
    for (let index = 0, last = 8, next = 8; index < size && next !== 0; index += 1) {
      next = (last + reader.se() + 256) % 256;
      last = next === 0 ? last : next;
    }
  }
}

function parsePictureOrder(reader: BitReader): PictureOrderScheme {
  const type = within(reader, 'pic_order_cnt_type', 2);
  if (type === 0) return { type, lsbBits: within(reader, 'log2_max_pic_order_cnt_lsb_minus4', 12) + 4 };
  if (type === 2) return { type };
  const deltaAlwaysZero = reader.flag();
  const offsetForNonReference = reader.se();
  const offsetTopToBottom = reader.se();
  const cycle = within(reader, 'num_ref_frames_in_pic_order_cnt_cycle', 255);
  const offsetsForReference = Array.from({ length: cycle }, () => reader.se());
  return { type: 1, deltaAlwaysZero, offsetForNonReference, offsetTopToBottom, offsetsForReference };
}

/** Equations 7-13 to 7-22: macroblocks less the cropping rectangle. */
function parseSize(
  reader: BitReader,
  { chromaFormat, separateColourPlanes }: Chroma,
): Pick<SequenceParameterSet, 'width' | 'height' | 'frameMbsOnly'> {
  const widthInMbs = within(reader, 'pic_width_in_mbs_minus1', 1055) + 1;
  const heightInMapUnits = within(reader, 'pic_height_in_map_units_minus1', 1055) + 1;
  const frameMbsOnly = reader.flag();
  const fields = frameMbsOnly ? 1 : 2;
  if (!frameMbsOnly) reader.flag(); // mb_adaptive_frame_field_flag
  reader.flag(); // direct_8x8_inference_flag
  const [left, right, top, bottom] = reader.flag()
    ? [reader.ue(), reader.ue(), reader.ue(), reader.ue()]
    : [0, 0, 0, 0];
  const planar = chromaFormat === 0 || separateColourPlanes;
  const unitX = planar || chromaFormat === 3 ? 1 : 2;
  const unitY = (!planar && chromaFormat === 1 ? 2 : 1) * fields;
  const width = widthInMbs * 16 - unitX * (left + right);
  const height = heightInMapUnits * 16 * fields - unitY * (top + bottom);
  if (width <= 0 || height <= 0) throw new MalformedError('SPS crops the whole picture away', reader.offset);
  return { width, height, frameMbsOnly };
}

function within(reader: BitReader, name: string, maximum: number): number {
  const value = reader.ue();
  if (value > maximum) throw new MalformedError(`${name} is ${value}, at most ${maximum} is allowed`, reader.offset);
  return value;
}
