import { BitReader } from '../../bits/bit-reader.js';
import type { AacConfiguration } from '../../model/track.js';
import { UnsupportedCodingError } from '../unsupported-coding.js';
import { adtsHeaderLength } from './adts.js';

/** What an ADTS header says that is the same in every frame, ISO/IEC 14496-3 §1.A.3.2.1. */
export interface AdtsProfile {
  /** MPEG-4 audio object type of the core coder: 1 Main, 2 LC, 3 SSR, 4 LTP. */
  readonly objectType: number;
  readonly samplingFrequencyIndex: number;
  readonly channelConfiguration: number;
}

/** Object types that only add to a core coder, which ADTS signals alone: SBR and parametric stereo. ISO/IEC 14496-3 Table 1.17 */
const extensions = [5, 29];
const escapeFrequency = 15;

/**
 * The core coder of an AudioSpecificConfig, ISO/IEC 14496-3 §1.6.2.1.
 * @throws UnsupportedCodingError for what ADTS cannot express
 */
export function adtsProfile({ audioSpecificConfig }: Pick<AacConfiguration, 'audioSpecificConfig'>): AdtsProfile {
  const reader = new BitReader(audioSpecificConfig);
  const readType = () => {
    const type = reader.bits(5);
    return type === 31 ? 32 + reader.bits(6) : type;
  };
  let objectType = readType();
  const samplingFrequencyIndex = reader.bits(4);
  if (samplingFrequencyIndex === escapeFrequency) reader.bits(24);
  const channelConfiguration = reader.bits(4);
  if (extensions.includes(objectType)) {
    if (reader.bits(4) === escapeFrequency) reader.bits(24); // extensionSamplingFrequency
    objectType = readType();
  }
  if (objectType < 1 || objectType > 4 || samplingFrequencyIndex === escapeFrequency || channelConfiguration > 7)
    throw new UnsupportedCodingError(
      `AAC of object type ${objectType}, sampling_frequency_index ${samplingFrequencyIndex} and channel configuration ` +
        `${channelConfiguration} cannot be carried as ADTS in a transport stream; object types 1 to 4 with a tabulated frequency can`,
      0,
    );
  if (channelConfiguration === 0)
    throw new UnsupportedCodingError(
      'AAC whose channels a program_config_element describes cannot be carried as ADTS',
      0,
    );
  return { objectType, samplingFrequencyIndex, channelConfiguration };
}

/** The largest frame with its header: aac_frame_length has 13 bits. */
const largestFrame = 2 ** 13 - 1;

/** Writes the header of one frame of `size` bytes, without CRC. @throws UnsupportedCodingError for a frame that is too large */
export function writeAdtsHeader(into: Uint8Array, at: number, profile: AdtsProfile, size: number): void {
  const length = adtsHeaderLength + size;
  if (length > largestFrame)
    throw new UnsupportedCodingError(
      `an AAC frame of ${size} bytes; ADTS allows ${largestFrame - adtsHeaderLength}`,
      0,
    );
  const { objectType, samplingFrequencyIndex, channelConfiguration } = profile;
  into[at] = 0xff;
  into[at + 1] = 0xf1; // MPEG-4, layer 0, protection_absent
  into[at + 2] = ((objectType - 1) << 6) | (samplingFrequencyIndex << 2) | (channelConfiguration >> 2);
  into[at + 3] = ((channelConfiguration & 3) << 6) | (length >> 11);
  into[at + 4] = (length >> 3) & 255;
  into[at + 5] = ((length & 7) << 5) | 0x1f; // adts_buffer_fullness: variable bit rate
  into[at + 6] = 0xfc; // one raw_data_block
}
