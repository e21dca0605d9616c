import type { SourceMedia, SourceVariant } from '../model/asset-index.js';
import type { Track } from '../model/track.js';
import type { PlannedManifest } from './planned-manifest.js';
import type { SegmentTask } from './segment-task.js';

/**
 * One packaging configuration applied to one asset: every object that will exist, by name relative to the endpoint's folder, and what has
 * to be done for it. Nothing in it depends on media bytes. What manifests say beyond it is the sizes of the segments.
 */
export interface Presentation {
  /** In source order; ids do not depend on the configuration, so endpoints with the same segments give them the same names. */
  readonly tracks: readonly PlannedTrack[];
  /** Their time lines all start at 0. */
  readonly periods: readonly PlannedPeriod[];
  /** Initialization segments: ready to be stored. */
  readonly initSegments: readonly InitSegment[];
  /** Every media segment is an output of exactly one task. Tasks may be done in any order and on any thread. */
  readonly tasks: readonly SegmentTask[];
  /** What writeManifests will write, entry manifests last. */
  readonly manifests: readonly PlannedManifest[];
}

export interface PlannedPeriod {
  /** seconds; the end of its longest track */
  readonly duration: number;
}

export interface InitSegment {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/** One elementary stream as the presentation offers it: a media playlist in HLS, a Representation in DASH. */
export interface PlannedTrack {
  /** `video_1`, `audio_2`, ...: also the folder of its segments. */
  readonly id: string;
  readonly kind: Track['kind'];
  readonly language?: string;
  /** What the source's playlist says of an audio rendition. */
  readonly media?: SourceMedia;
  /** What the source's playlist says of the variant that carries it. */
  readonly variant?: SourceVariant;
  /** One for each period of the presentation. */
  readonly periods: readonly PlannedTrackPeriod[];
}

export interface PlannedTrackPeriod {
  readonly track: Track;
  /** Name of its InitSegment. */
  readonly initSegment: string;
  /** `$Number$` or `$Time$` template of its segments' names, ISO/IEC 23009-1 §5.3.9.4.4. */
  readonly media: string;
  readonly segments: readonly PlannedSegment[];
}

export interface PlannedSegment {
  readonly name: string;
  /** From 1, going on over periods. */
  readonly number: number;
  /** Ticks of the track's timescale on the period's time line. */
  readonly start: number;
  readonly end: number;
  /** As in IndexedTrackSegment. */
  readonly sap: 0 | 1 | 3 | 4;
  /** Milliseconds since 1970, when a manifest wants it. */
  readonly programDateTime?: number;
}
