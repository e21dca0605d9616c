import { PackagerError } from '../../errors.js';
import type { AvcConfiguration } from '../../model/track.js';
import { avcCodecString, parseSps } from './sps.js';

/**
 * The configuration of a video by its parameter sets; the first SPS tells sizes and codec string.
 * @param parameterSetsInBand they stay in the samples
 * @throws MalformedError; PackagerError source_invalid when there are none
 */
export function avcConfiguration(
  sps: readonly Uint8Array[],
  pps: readonly Uint8Array[],
  parameterSetsInBand: boolean,
): AvcConfiguration {
  const [first] = sps.map(parseSps);
  if (!first || pps.length === 0) {
    throw new PackagerError(
      'source_invalid',
      'no H.264 parameter sets (SPS and PPS) before the first picture of any segment',
    );
  }
  const { width, height, chromaFormat, bitDepthLuma, bitDepthChroma, vui } = first;
  return {
    codec: 'avc',
    codecString: avcCodecString(first, parameterSetsInBand ? 'avc3' : 'avc1'),
    ...{ parameterSetsInBand, sps, pps, width, height, chromaFormat, bitDepthLuma, bitDepthChroma },
    ...vui,
  };
}
