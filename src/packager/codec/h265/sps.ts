import { BitReader } from '../../bits/bit-reader.js';
import { rawByteSequence } from '../../bits/emulation-prevention.js';
import { MalformedError } from '../../bits/malformed.js';
import { nalHeaderLength } from './nal-unit.js';
import { skipScalingLists } from './scaling-lists.js';
import { skipShortTermSets } from './short-term-sets.js';
import { parseVui, type Vui } from './vui.js';

/** Sequence parameter set, ITU-T H.265 §7.3.2.2.1: what manifests, sample entries and slice headers need of it. */
export interface SequenceParameterSet {
  readonly id: number;
  /** general_profile_space to general_level_idc, 12 bytes. */
  readonly profileTierLevel: Uint8Array;
  readonly temporalLayers: number;
  readonly temporalIdNested: boolean;
  readonly chromaFormat: number;
  readonly separateColourPlanes: boolean;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  /** After cropping, in luma samples. */
  readonly width: number;
  readonly height: number;
  /** log2_max_pic_order_cnt_lsb */
  readonly orderBits: number;
  readonly vui: Vui;
}

const profileTierLevelLength = 12;
/** Larger than any level allows: 8192x4320 is that of level 6.2, and 16888 its longest side. */
const maximumSide = 16_888;

/** @param nal with its header @throws MalformedError */
export function parseSps(nal: Uint8Array): SequenceParameterSet {
  const raw = rawByteSequence(nal).subarray(nalHeaderLength);
  const reader = new BitReader(raw);
  reader.skip(4); // sps_video_parameter_set_id
  const subLayers = reader.bits(3);
  if (subLayers > 6) throw new MalformedError(`sps_max_sub_layers_minus1 is ${subLayers}, at most 6 is allowed`, 2);
  const temporalIdNested = reader.flag();
  reader.skip(profileTierLevelLength * 8);
  skipSubLayers(reader, subLayers);
  const id = within(reader, 'sps_seq_parameter_set_id', 15);
  const chromaFormat = within(reader, 'chroma_format_idc', 3);
  const separateColourPlanes = chromaFormat === 3 && reader.flag();
  const size = parseSize(reader, chromaFormat);
  const bitDepthLuma = within(reader, 'bit_depth_luma_minus8', 8) + 8;
  const bitDepthChroma = within(reader, 'bit_depth_chroma_minus8', 8) + 8;
  const orderBits = within(reader, 'log2_max_pic_order_cnt_lsb_minus4', 12) + 4;
  skipCodingTools(reader, { subLayers, orderBits });
  const vui = reader.flag() ? parseVui(reader) : { sampleAspectRatio: [1, 1] as const };
  return {
    ...{ id, temporalIdNested, temporalLayers: subLayers + 1 },
    // A copy: a view would keep all of it.
    profileTierLevel: raw.slice(1, 1 + profileTierLevelLength),
    ...{ chromaFormat, separateColourPlanes, bitDepthLuma, bitDepthChroma, ...size, orderBits, vui },
  };
}

/** Of profile_tier_level, §7.3.3: what is said of each temporal layer but the highest. */
function skipSubLayers(reader: BitReader, count: number): void {
  if (count === 0) return;
  // Two flags of each, and as many reserved bits as make eight pairs.
  const flags = Array.from({ length: 8 }, () => [reader.flag(), reader.flag()] as const);
  for (const [profilePresent, levelPresent] of flags.slice(0, count)) {
    if (profilePresent) reader.skip(88);
    if (levelPresent) reader.skip(8);
  }
}

function parseSize(reader: BitReader, chromaFormat: number): Pick<SequenceParameterSet, 'width' | 'height'> {
  const codedWidth = within(reader, 'pic_width_in_luma_samples', maximumSide);
  const codedHeight = within(reader, 'pic_height_in_luma_samples', maximumSide);
  const [left, right, top, bottom] = reader.flag()
    ? [reader.ue(), reader.ue(), reader.ue(), reader.ue()]
    : [0, 0, 0, 0];
  // SubWidthC and SubHeightC, Table 6-1.
  const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
  const unitY = chromaFormat === 1 ? 2 : 1;
  const width = codedWidth - unitX * (left + right);
  const height = codedHeight - unitY * (top + bottom);
  if (width <= 0 || height <= 0) throw new MalformedError('SPS crops the whole picture away', reader.offset);
  return { width, height };
}

/** From sps_sub_layer_ordering_info_present_flag to strong_intra_smoothing_enabled_flag. */
function skipCodingTools(reader: BitReader, { subLayers, orderBits }: { subLayers: number; orderBits: number }): void {
  const layers = reader.flag() ? subLayers + 1 : 1;
  for (let value = 0; value < layers * 3; value += 1) reader.ue(); // pictures buffered, reordered, latency
  for (let value = 0; value < 6; value += 1) reader.ue(); // sizes of blocks, depths of hierarchies
  if (reader.flag() && reader.flag()) skipScalingLists(reader); // scaling_list_enabled_flag, sps_scaling_list_data_present_flag
  reader.skip(2); // amp_enabled_flag, sample_adaptive_offset_enabled_flag
  if (reader.flag()) {
    reader.skip(8); // pcm_enabled_flag: bit depths
    reader.ue();
    reader.ue();
    reader.flag();
  }
  skipShortTermSets(reader);
  if (reader.flag()) {
    const count = within(reader, 'num_long_term_ref_pics_sps', 32);
    reader.skip(count * (orderBits + 1));
  }
  reader.skip(2); // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
}

function within(reader: BitReader, name: string, maximum: number): number {
  const value = reader.ue();
  if (value > maximum) throw new MalformedError(`${name} is ${value}, at most ${maximum} is allowed`, reader.offset);
  return value;
}
