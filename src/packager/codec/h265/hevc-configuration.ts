import { PackagerError } from '../../errors.js';
import type { HevcConfiguration } from '../../model/video.js';
import { hevcCodecString } from './codec-string.js';
import { displayInformation } from './sei.js';
import { parseSps } from './sps.js';

/** NAL units without start code or length. */
export interface HevcParameterSets {
  readonly vps: readonly Uint8Array[];
  readonly sps: readonly Uint8Array[];
  readonly pps: readonly Uint8Array[];
  /** Prefix SEI of the first picture, or of the source's sample entry. */
  readonly sei: readonly Uint8Array[];
}

/**
 * The configuration of a video by its parameter sets; the first SPS tells sizes, colour and codec string, SEI what the picture was mastered on.
 * @param parameterSetsInBand they stay in the samples
 * @throws MalformedError; PackagerError source_invalid when there are none
 */
export function hevcConfiguration(sets: HevcParameterSets, parameterSetsInBand: boolean): HevcConfiguration {
  const { vps, sps, pps, sei } = sets;
  const [first] = sps.map(parseSps);
  if (!first || vps.length === 0 || pps.length === 0) {
    throw new PackagerError(
      'source_invalid',
      'no HEVC parameter sets (VPS, SPS and PPS) before the first picture of any segment',
    );
  }
  const { profileTierLevel, width, height, chromaFormat, bitDepthLuma, bitDepthChroma, vui } = first;
  const { preferredTransfer, ...mastering } = displayInformation(sei);
  const colour = vui.colour && { ...vui.colour, ...(preferredTransfer !== undefined && { preferredTransfer }) };
  return {
    codec: 'hevc',
    codecString: hevcCodecString(profileTierLevel, parameterSetsInBand ? 'hev1' : 'hvc1'),
    ...{ parameterSetsInBand, vps, sps, pps, profileTierLevel, width, height },
    ...{ chromaFormat, bitDepthLuma, bitDepthChroma },
    ...{ temporalLayers: first.temporalLayers, temporalIdNested: first.temporalIdNested },
    ...{ ...vui, ...(colour && { colour }), ...mastering },
  };
}
