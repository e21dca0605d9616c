import type { AacConfiguration } from '../../model/track.js';
import type { AdtsHeader } from './adts.js';
import { channelCounts } from './channel-configuration.js';

/** Samples per frame of AAC in ADTS: 960 cannot be signalled there. */
const frameLength = 1024;

/**
 * AudioSpecificConfig, ISO/IEC 14496-3 §1.6.2.1: audioObjectType (5 bits), samplingFrequencyIndex (4), channelConfiguration (4),
 * GASpecificConfig of zeros (3). HE-AAC stays at its core's signalling, as ADTS says it: decoders find SBR by themselves.
 * Undefined for a channel configuration that ADTS leaves to the stream.
 */
export function aacConfiguration(header: AdtsHeader): AacConfiguration | undefined {
  const channels = channelCounts[header.channelConfiguration];
  if (channels === undefined) return undefined;
  const bits = (header.objectType << 11) | (header.samplingFrequencyIndex << 7) | (header.channelConfiguration << 3);
  return {
    codec: 'aac',
    codecString: `mp4a.40.${header.objectType}`,
    audioSpecificConfig: Uint8Array.of(bits >> 8, bits & 255),
    sampleRate: header.sampleRate,
    channels,
    frameLength,
  };
}
