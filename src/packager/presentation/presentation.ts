import type { AssetIndex, SourceMedia, SourceVariant, TextMedia } from '../model/asset-index.js';
import type { SapType } from '../model/sap-type.js';
import type { MetadataFormat } from '../model/timed-metadata.js';
import type { Track } from '../model/track.js';
import type { PlannedDateRange } from './date-range-cues.js';
import type { PlannedManifest } from './planned-manifest.js';
import type { PlannedQualityLevel } from './quality-levels.js';
import type { SegmentTask, TextFormat } from './segment-task.js';

/**
 * One packaging configuration applied to one asset: every object that will exist, by name relative to the endpoint's folder, and what has
 * to be done for it. Nothing in it depends on media bytes. What manifests say beyond it is the sizes of the segments.
 */
export interface Presentation {
  /** In source order; ids do not depend on the configuration, so endpoints with the same segments give them the same names. */
  readonly tracks: readonly PlannedTrack[];
  /** Subtitles, in source order. */
  readonly texts: readonly PlannedText[];
  /** What the source says of captions within its pictures, which all video carries along. */
  readonly captions?: AssetIndex['captions'];
  /** Which kinds of timed metadata the source carries in its segments; absent: none. */
  readonly timedMetadata?: readonly MetadataFormat[];
  /** EXT-X-DATERANGEs of the source. */
  readonly dateRanges?: readonly PlannedDateRange[];
  /** Their time lines all start at 0. */
  readonly periods: readonly PlannedPeriod[];
  /** Sentences: what of the source is left out, and what is added to it. */
  readonly notes: readonly string[];
  /** Initialization segments, ready to be stored; transport streams and single files have none. */
  readonly initSegments: readonly InitSegment[];
  /** Every media segment is an output of exactly one task. Tasks may be done in any order and on any thread. */
  readonly tasks: readonly SegmentTask[];
  /** What writeManifests will write, entry manifests last. */
  readonly manifests: readonly PlannedManifest[];
}

export interface PlannedPeriod {
  /** seconds; the end of its longest track */
  readonly duration: number;
  /** Ticks of 90 kHz in transport streams at the period's time 0, not wrapped. */
  readonly clock: number;
}

export interface InitSegment {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/** What manifests say of an elementary stream. */
export interface TrackDescription {
  /** `video_1`, `audio_2`, ... */
  readonly id: string;
  readonly kind: Track['kind'];
  readonly language?: string;
  /** What the source's playlist says of an audio rendition. */
  readonly media?: SourceMedia;
  /** One for each period of the presentation. */
  readonly periods: readonly { readonly track: Track }[];
}

/** One elementary stream as the presentation offers it: a media playlist in HLS, a Representation in DASH. Its id is the folder of its segments. */
export interface PlannedTrack extends TrackDescription {
  /** Id of the source's rendition that it is taken from. */
  readonly rendition: string;
  /** What the source's playlist says of the variant that carries it. */
  readonly variant?: SourceVariant;
  /** Holds the key pictures alone of the track with this id. */
  readonly trickOf?: string;
  /** Where its fragments are in Smooth Streaming. */
  readonly qualityLevel?: PlannedQualityLevel;
  /** Audio in the same segments, in transport streams. */
  readonly muxed: readonly TrackDescription[];
  readonly periods: readonly PlannedTrackPeriod[];
}

/** What manifests list the segments of. */
export interface ListedStream {
  readonly id: string;
  readonly periods: readonly ListedPeriod[];
}

/**
 * SegmentLayout SINGLE_FILE, an extension of ours: the segments of a stream in a period lie in one object.
 *
 *     fragments           init segment, sidx, segments in order: a self-initializing media segment of DASH's on-demand profile
 *     transport streams   segments in order
 */
export interface SingleFile {
  readonly name: string;
  readonly contentType: string;
  /** Transport streams have none. */
  readonly initSegment?: Uint8Array;
}

export interface ListedPeriod {
  /** Whose ticks the times of the segments are. */
  readonly track: { readonly timescale: number };
  /** Name of its InitSegment; transport streams and single files have none. */
  readonly initSegment?: string;
  /** Where its segments go, of which each has an object of its own else. */
  readonly file?: SingleFile;
  /** `$Number$` or `$Time$` template of its segments' names, ISO/IEC 23009-1 §5.3.9.4.4. */
  readonly media: string;
  readonly segments: readonly PlannedSegment[];
}

export interface PlannedTrackPeriod extends ListedPeriod {
  readonly track: Track;
}

/** A rendition of subtitles; its segments begin and end with those of the picture. */
export interface PlannedText extends ListedStream {
  readonly media: TextMedia;
  readonly format: TextFormat;
  /** Where its fragments are in Smooth Streaming. */
  readonly qualityLevel?: PlannedQualityLevel;
}

export interface PlannedSegment {
  readonly name: string;
  /** From 1, going on over periods. */
  readonly number: number;
  /** Ticks of the track's timescale on the period's time line. */
  readonly start: number;
  readonly end: number;
  /** As in IndexedTrackSegment. */
  readonly sap: SapType;
  /** Milliseconds since 1970, when a manifest wants it. */
  readonly programDateTime?: number;
  /** Tags of advertisement markers before it, as the source has them, when a manifest wants them. */
  readonly markers?: readonly string[];
}
