import type { AacConfiguration } from '../../model/track.js';
import { esds } from './esds.js';
import { soundSampleEntry } from './sound-sample-entry.js';

/** Audio sample entry for AAC, ISO/IEC 14496-12 §12.2.3 and 14496-14 §6.7. */
export function mp4a({
  channels,
  sampleRate,
  outputSampleRate = sampleRate,
  audioSpecificConfig,
}: AacConfiguration): Uint8Array {
  return soundSampleEntry('mp4a', { channels, sampleRate: outputSampleRate }, esds(audioSpecificConfig));
}
