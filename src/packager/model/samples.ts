/**
 * The samples of one track in one segment, ready for ISOBMFF, as columns: entry i of each array is sample i, in decode order.
 * Times are integer ticks of the track's timescale on the period's time line (see AssetIndex), so they never wrap.
 */
export interface Samples {
  /** Gather list: joined, these are the `mdat` payload. Views into the segment's buffer, valid until the buffer is reused. */
  readonly data: readonly Uint8Array[];
  /** bytes of each sample */
  readonly sizes: readonly number[];
  readonly decodeTimes: readonly number[];
  /** presentation time minus decode time; may be negative (trun version 1). */
  readonly compositionOffsets: readonly number[];
  /** stream access point: the sample can be decoded without an earlier one. */
  readonly sync: readonly boolean[];
}
