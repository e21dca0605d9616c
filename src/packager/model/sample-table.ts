/**
 * Where the samples of one track in one segment are and what their container says of them, in decode order; the first one is decoded at the
 * segment's `start`. Typed arrays of just this segment's samples, since tables travel to worker threads.
 */
export interface SampleTable {
  /** bytes of each sample */
  readonly sizes: Uint32Array<ArrayBuffer>;
  /** ticks; one alone when all are equal */
  readonly durations: Uint32Array<ArrayBuffer>;
  /** Ticks from decode to presentation time on the period's time line; absent when all are 0. */
  readonly compositionOffsets?: Int32Array<ArrayBuffer>;
  /** 1 for samples that can be decoded without an earlier one; absent when all can. */
  readonly sync?: Uint8Array<ArrayBuffer>;
  /** Stretches of the resource that joined are the samples: offset and length of each in turn. */
  readonly runs: Float64Array<ArrayBuffer>;
  /** Bytes of the lengths that stand before NAL units, when they are not the usual 4. */
  readonly nalLengthSize?: 1 | 2;
  /** HEVC parameter sets that are left out of the samples; others must not be in them. */
  readonly inBandSets?: readonly Uint8Array[];
}
