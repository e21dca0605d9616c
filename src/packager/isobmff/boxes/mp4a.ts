import type { AacConfiguration, MpegAudioConfiguration } from '../../model/track.js';
import { esds } from './esds.js';
import { soundSampleEntry } from './sound-sample-entry.js';

/** Audio sample entry for AAC and MPEG audio, ISO/IEC 14496-12 §12.2.3 and 14496-14 §6.7. */
export function mp4a(configuration: AacConfiguration | MpegAudioConfiguration): Uint8Array {
  const { channels } = configuration;
  const isAac = configuration.codec === 'aac';
  const sampleRate = (isAac ? configuration.outputSampleRate : undefined) ?? configuration.sampleRate;
  const descriptor = isAac
    ? { objectType: 0x40, specificInfo: configuration.audioSpecificConfig }
    : { objectType: configuration.codecString === 'mp4a.6B' ? 0x6b : 0x69 };
  return soundSampleEntry('mp4a', { channels, sampleRate }, esds(descriptor));
}
