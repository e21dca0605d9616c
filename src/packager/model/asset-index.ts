import type { Track } from './track.js';

/**
 * What the cheap sequential pass over a source found: everything that manifests need, and everything that a segment needs to know of
 * its neighbours, so that segments can then be packaged in any order and on any thread. Structured-cloneable.
 *
 * Time line: within a period, times are unwrapped (33 bits) and shifted so that the earliest presentation time of any track of any
 * rendition is 0. Video decode times are shifted further so that the first sample's decode time equals its presentation time (the
 * composition offset then carries the reordering and may be negative): segment start = `tfdt` = earliest presentation time for closed GOPs.
 */
export interface AssetIndex {
  /** In the order of the source's multivariant playlist. Muxed renditions hold a video and audio tracks; others one kind. */
  readonly renditions: readonly IndexedRendition[];
}

export interface IndexedRendition {
  /** `r1`, `r2`, ... in source order; what errors name beside the URI. */
  readonly id: string;
  /** Media playlist or transport stream. */
  readonly uri: string;
  /** What the multivariant playlist says of it; absent for a single playlist or file. */
  readonly variant?: SourceVariant;
  readonly media?: SourceMedia;
  /** Split at discontinuities; every rendition has the same number, with the same starts. */
  readonly periods: readonly IndexedPeriod[];
}

/** From EXT-X-STREAM-INF. */
export interface SourceVariant {
  readonly bandwidth?: number;
  readonly audioGroup?: string;
  readonly frameRate?: number;
}

/** From EXT-X-MEDIA of TYPE=AUDIO with a URI. */
export interface SourceMedia {
  readonly groupId: string;
  readonly name: string;
  readonly language?: string;
  readonly default: boolean;
  readonly autoselect: boolean;
  readonly channels?: string;
  readonly characteristics?: string;
}

export interface IndexedPeriod {
  /** 90 kHz ticks to subtract from unwrapped source time stamps to reach the period's time line. */
  readonly origin: number;
  readonly tracks: readonly Track[];
  readonly segments: readonly IndexedSegment[];
}

export interface IndexedSegment {
  readonly source: SourceRange;
  /**
   * Bytes of what follows (the next segment's head) that hold the rest of PES packets or frames begun in this one; 0 for most sources.
   */
  readonly tail?: SourceRange;
  /** Per track of the period, in order. */
  readonly tracks: readonly IndexedTrackSegment[];
  readonly programDateTime?: string;
}

/** A stretch of bytes of a resource; the whole of it when offset and length are absent. */
export interface SourceRange {
  readonly uri: string;
  readonly offset?: number;
  readonly length?: number;
}

export interface IndexedTrackSegment {
  /** Decode time of the first sample that belongs to this segment, in ticks of the track; = the end of the previous segment. */
  readonly start: number;
  /** Start of the next segment's samples, or for the last one of a period the last sample's end where the pass could know it. */
  readonly end: number;
  /** Samples counted by the demuxer must begin at this byte of this PID's payload... owned by mpegts/; opaque elsewhere. */
  readonly resume?: unknown;
  /** Does the segment start with a stream access point? */
  readonly startsWithSap: boolean;
}
