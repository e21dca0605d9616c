import type { CodecConfiguration } from '../model/track.js';

/** What a sample description says of a track's samples. */
export interface SampleEntry {
  readonly configuration: CodecConfiguration;
  /** Bytes of the lengths that stand before NAL units. */
  readonly nalLengthSize?: 1 | 2 | 4;
  /** Parameter sets that are to be left out of samples, since they are in the configuration. */
  readonly inBandSets?: readonly Uint8Array[];
}

/** Reads the track's first sample: parameter sets may be there alone. */
export type FirstSample = () => Promise<Uint8Array>;
