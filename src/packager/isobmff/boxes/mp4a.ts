import type { AacConfiguration } from '../../model/track.js';
import { box, u16, u32, zeros } from '../box.js';
import { esds } from './esds.js';

/** Audio sample entry for AAC, ISO/IEC 14496-12 §12.2.3 and 14496-14 §6.7. */
export function mp4a({
  channels,
  sampleRate,
  outputSampleRate = sampleRate,
  audioSpecificConfig,
}: AacConfiguration): Uint8Array {
  return box(
    'mp4a',
    zeros(6), // reserved
    u16(1), // data reference index
    zeros(8), // reserved
    u16(channels),
    u16(16), // bits per sample: a template value
    u16(0), // pre_defined
    u16(0), // reserved
    u32(outputSampleRate < 0x10000 ? outputSampleRate * 0x10000 : 0), // 16.16, which higher rates do not fit
    esds(audioSpecificConfig),
  );
}
