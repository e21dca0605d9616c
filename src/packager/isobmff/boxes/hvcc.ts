import { nalType } from '../../codec/h265/nal-unit.js';
import { PackagerError } from '../../errors.js';
import type { HevcConfiguration } from '../../model/video.js';
import { box, u16, u8 } from '../box.js';

/**
 * HEVC decoder configuration record, ISO/IEC 14496-15 §8.3.3.1.2. NAL unit lengths in samples take four bytes; arrays of parameter sets are complete
 * unless samples may bring their own.
 * @throws PackagerError source_invalid without parameter sets
 */
export function hvcC(configuration: HevcConfiguration): Uint8Array {
  const { vps, sps, pps, profileTierLevel, chromaFormat, bitDepthLuma, bitDepthChroma } = configuration;
  if (vps.length === 0 || sps.length === 0 || pps.length === 0)
    throw new PackagerError('source_invalid', 'the video lacks a VPS, SPS or PPS, so it cannot be decoded');
  const complete = configuration.parameterSetsInBand ? 0 : 0x80;
  const array = (type: number, units: readonly Uint8Array[]) => [
    u8(complete | type),
    u16(units.length),
    ...units.flatMap((unit) => [u16(unit.length), unit]),
  ];
  return box(
    'hvcC',
    u8(1), // configuration version
    profileTierLevel,
    u16(0xf000), // min_spatial_segmentation_idc: not said
    u8(0b1111_1100), // parallelismType: not said
    u8(0b1111_1100 | chromaFormat),
    u8(0b1111_1000 | (bitDepthLuma - 8)),
    u8(0b1111_1000 | (bitDepthChroma - 8)),
    u16(0), // avgFrameRate: not said
    u8((configuration.temporalLayers << 3) | (configuration.temporalIdNested ? 4 : 0) | 3), // constantFrameRate 0; length size minus one
    u8(3), // arrays
    ...array(nalType.vps, vps),
    ...array(nalType.sps, sps),
    ...array(nalType.pps, pps),
  );
}
