import type { IndexedSegment, PeriodFrame } from '../model/asset-index.js';
import type { SourceRange } from '../model/source-reader.js';

/**
 * What one thread does in one go: reads one or more source segments of one rendition, and makes one output segment of each of its tracks.
 * Structured-cloneable, and small.
 */
export interface SegmentTask {
  /** Its index in `presentation.tasks`. */
  readonly id: number;
  /** What to read: packageSegment takes the bytes of exactly these, in this order. */
  readonly reads: readonly SourceRange[];
  /** Source segments in order; each takes one of `reads`, and one more when it has a tail. */
  readonly segments: readonly IndexedSegment[];
  readonly period: PeriodFrame;
  readonly outputs: readonly PlannedOutput[];
  /** For messages: rendition id and ordinal of the first source segment, from 1. */
  readonly rendition: string;
  readonly segmentNumber: number;
}

export interface PlannedOutput {
  readonly name: string;
  readonly contentType: string;
  /** Index in `period.tracks`. */
  readonly track: number;
  /** `mfhd` sequence number */
  readonly sequenceNumber: number;
  /** Where the last sample ends, ticks of the track. */
  readonly end: number;
}

/** One finished media segment. */
export interface SegmentOutput {
  readonly name: string;
  readonly contentType: string;
  /**
   * Gather list: joined, these are the object. All but the first are views into the task's own source bytes, so they are valid until those
   * are reused.
   */
  readonly data: readonly Uint8Array[];
  /** bytes */
  readonly size: number;
}
