import type { DolbyConfiguration } from '../../model/track.js';
import { box } from '../box.js';
import { soundSampleEntry } from './sound-sample-entry.js';

/** Audio sample entry for AC-3 and E-AC-3, ETSI TS 102 366 §F.3 and §F.5: the specific box is the source's, byte for byte. */
export function dolbySampleEntry(configuration: DolbyConfiguration): Uint8Array {
  const [entry, specific] = configuration.codec === 'ac3' ? ['ac-3', 'dac3'] : ['ec-3', 'dec3'];
  const { channels, sampleRate, specificBox } = configuration;
  return soundSampleEntry(entry, { channels, sampleRate }, box(specific, specificBox));
}
