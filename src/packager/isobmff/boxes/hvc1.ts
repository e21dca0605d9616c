import type { HevcConfiguration } from '../../model/video.js';
import { hvcC } from './hvcc.js';
import { visualSampleEntry } from './visual-sample-entry.js';

/**
 * Visual sample entry for HEVC, ISO/IEC 14496-15 §8.4.1: `hvc1` when all parameter sets are here, `hev1` when samples may bring their own.
 */
export function hevcSampleEntry(configuration: HevcConfiguration): Uint8Array {
  return visualSampleEntry(configuration.parameterSetsInBand ? 'hev1' : 'hvc1', configuration, hvcC(configuration));
}
