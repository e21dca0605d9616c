import { PackagerError } from '../../errors.js';
import type { AvcConfiguration } from '../../model/track.js';
import { box, u16, u8 } from '../box.js';

/** Profiles whose record goes on with chroma format and bit depths. */
const highProfiles: ReadonlySet<number> = new Set([100, 110, 122, 144, 244]);

/**
 * AVC decoder configuration record, ISO/IEC 14496-15 §5.3.3.1.2. NAL unit lengths in samples take four bytes.
 * @throws PackagerError source_invalid without a sequence parameter set
 */
export function avcC(configuration: AvcConfiguration): Uint8Array {
  const { sps, pps, chromaFormat, bitDepthLuma, bitDepthChroma } = configuration;
  const [first] = sps;
  if (!first || first.length < 4)
    throw new PackagerError('source_invalid', 'the video has no sequence parameter set (SPS), so it cannot be decoded');
  if (sps.length > 31 || pps.length > 255)
    throw new PackagerError(
      'source_unsupported',
      `a video track may have at most 31 SPS and 255 PPS; given: ${sps.length} and ${pps.length}`,
    );
  const [, profile = 0, compatibility = 0, level = 0] = first;
  return box(
    'avcC',
    u8(1, profile, compatibility, level), // configuration version, then as in the SPS
    u8(0b1111_1100 | 3), // length size minus one
    u8(0b1110_0000 | sps.length),
    ...sps.flatMap(withLength),
    u8(pps.length),
    ...pps.flatMap(withLength),
    ...(highProfiles.has(profile)
      ? [
          u8(0b1111_1100 | chromaFormat),
          u8(0b1111_1000 | (bitDepthLuma - 8)),
          u8(0b1111_1000 | (bitDepthChroma - 8)),
          u8(0), // SPS extensions
        ]
      : []),
  );
}

function withLength(nalUnit: Uint8Array): Uint8Array[] {
  return [u16(nalUnit.length), nalUnit];
}
