import type { AvcConfiguration } from '../../model/track.js';
import { avcC } from './avcc.js';
import { visualSampleEntry } from './visual-sample-entry.js';

/**
 * Visual sample entry for AVC, ISO/IEC 14496-15 §5.4.2: `avc1` when all parameter sets are here, `avc3` when samples may bring their own.
 */
export function avcSampleEntry(configuration: AvcConfiguration): Uint8Array {
  return visualSampleEntry(configuration.parameterSetsInBand ? 'avc3' : 'avc1', configuration, avcC(configuration));
}
