import type { DolbyConfiguration } from '../../model/track.js';
import { box, u16, u32, zeros } from '../box.js';

/** Audio sample entry for AC-3 and E-AC-3, ETSI TS 102 366 §F.3 and §F.5: the specific box is the source's, byte for byte. */
export function dolbySampleEntry({ codec, channels, sampleRate, specificBox }: DolbyConfiguration): Uint8Array {
  return box(
    codec === 'ac3' ? 'ac-3' : 'ec-3',
    zeros(6), // reserved
    u16(1), // data reference index
    zeros(8), // reserved
    u16(channels),
    u16(16), // bits per sample: a template value
    u16(0), // pre_defined
    u16(0), // reserved
    u32(sampleRate * 0x10000), // 16.16
    box(codec === 'ac3' ? 'dac3' : 'dec3', specificBox),
  );
}
