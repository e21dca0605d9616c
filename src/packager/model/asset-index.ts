import type { SapType } from './sap-type.js';
import type { SampleTable } from './sample-table.js';
import type { SourceRange } from './source-reader.js';
import type { MetadataStream, TimedMetadata } from './timed-metadata.js';
import type { TextDocument } from './text.js';
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
  /** Subtitles: read whole, since they are small. Absent: none. */
  readonly texts?: readonly IndexedText[];
  /**
   * Captions within the pictures: as the source's playlist announces them (`none`: it says that there are none), else as they were found. Absent:
   * neither.
   */
  readonly captions?: 'none' | readonly SourceCaptions[];
  /** EXT-X-DATERANGEs of the source's playlists. */
  readonly dateRanges?: readonly SourceDateRange[];
  /** The source is not cut: its segments are as short as key pictures allow, and a plan joins them. */
  readonly uncut?: true;
  /** What was left out of the source and why, one sentence each: subtitles, timed metadata, pictures before the first key frame. */
  readonly notes: readonly string[];
}

export interface IndexedRendition {
  /** `r1`, `r2`, ... in source order; what errors name beside the URI. */
  readonly id: string;
  /** Media playlist or transport stream. */
  readonly uri: string;
  /** What the multivariant playlist says of it; absent for a single playlist or file. */
  readonly variant?: SourceVariant;
  /** Both: an audio rendition that is offered alone, too. */
  readonly media?: SourceMedia;
  /** Split at discontinuities; every rendition has the same number, with the same starts. */
  readonly periods: readonly IndexedPeriod[];
}

/** From EXT-X-STREAM-INF. */
export interface SourceVariant {
  readonly bandwidth?: number;
  /** Of all EXT-X-STREAM-INFs that name the same URI, in order; absent: its audio is in its own segments. */
  readonly audioGroups?: readonly string[];
  readonly frameRate?: number;
}

/** From EXT-X-MEDIA of TYPE=AUDIO with a URI. */
export interface SourceMedia {
  /** Of all EXT-X-MEDIAs that name the same URI, in order. */
  readonly groupIds: readonly string[];
  readonly name: string;
  readonly language?: string;
  readonly default: boolean;
  readonly autoselect: boolean;
  readonly channels?: string;
  readonly characteristics?: string;
}

/** A rendition of subtitles. */
export interface IndexedText {
  /** `t1`, `t2`, ... in source order; what errors name beside the URI. */
  readonly id: string;
  /** Media playlist or document. */
  readonly uri: string;
  readonly media: TextMedia;
  /** As many as the renditions have; times on the period's time line, within it. */
  readonly periods: readonly Omit<TextDocument, 'broken'>[];
}

/** What the source says of subtitles, from EXT-X-MEDIA of TYPE=SUBTITLES or a SMIL document. */
export interface TextMedia {
  readonly name?: string;
  /** BCP 47 */
  readonly language?: string;
  readonly default: boolean;
  readonly autoselect: boolean;
  readonly forced: boolean;
  readonly characteristics?: string;
}

/** From EXT-X-MEDIA of TYPE=CLOSED-CAPTIONS; of captions that were found, the stream alone. */
export interface SourceCaptions {
  /** `CC1` to `CC4` of CEA-608, `SERVICE1` to `SERVICE63` of CEA-708. */
  readonly instreamId: string;
  readonly name: string;
  readonly language?: string;
  readonly default: boolean;
  readonly autoselect: boolean;
  readonly characteristics?: string;
}

/** EXT-X-DATERANGE. */
export interface SourceDateRange {
  /** Its attribute list, as written. */
  readonly list: string;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end?: number;
  /** Seconds, as known or planned. */
  readonly duration?: number;
  /** A message of SCTE 35: splice_info_section, base64. */
  readonly splice?: { readonly kind: 'SCTE35-OUT' | 'SCTE35-IN' | 'SCTE35-CMD'; readonly section: string };
}

/** What every segment of a period shares; small, so that it can go along with each task of a worker thread. */
export interface PeriodFrame {
  /** Its segments are frames of sound behind ID3 tags, RFC 8216 §3.4, and no transport streams. */
  readonly packed?: true;
  /** 90 kHz ticks to subtract from unwrapped source time stamps to reach the period's time line. The same in every rendition. */
  readonly origin: number;
  readonly tracks: readonly Track[];
  /** What its segments carry beside them; absent: nothing. */
  readonly metadata?: readonly MetadataStream[];
}

export interface IndexedPeriod extends PeriodFrame {
  /** Every segment is a transport stream that begins with its PAT and PMT, so that it can be played as it is. */
  readonly tablesFirst?: true;
  /** Its transport streams hold what is not packaged, such as DVB subtitles. */
  readonly holdsMore?: true;
  readonly segments: readonly IndexedSegment[];
}

/** Bytes to be demuxed, or samples whose places are known. */
export type IndexedSegment = StreamSegment | TabledSegment;

interface SegmentOfTracks {
  readonly source: SourceRange;
  /** Per track of the period, in order. */
  readonly tracks: readonly IndexedTrackSegment[];
  /** EXT-X-PROGRAM-DATE-TIME of the segment as the source has it. */
  readonly programDateTime?: string;
  /** Tags of advertisement markers before the segment in the source's playlist, as written after the `#`. */
  readonly markers?: readonly string[];
}

/** A stretch of a transport stream. */
export interface StreamSegment extends SegmentOfTracks {
  /** Bytes of what follows (the next segment's head) that hold the rest of samples begun in this one; absent for most sources. */
  readonly tail?: SourceRange;
  readonly samples?: undefined;
}

/** Samples of an MP4. */
export interface TabledSegment extends SegmentOfTracks {
  readonly tail?: undefined;
  /** What is read beside `source` to have all samples. */
  readonly more: readonly SourceRange[];
  /** Per track of the period, in order. */
  readonly samples: readonly SampleTable[];
  /** Timed metadata that comes with it, in order of arrival; absent: none. Of transport streams it is found when segments are made. */
  readonly events?: readonly TimedMetadata[];
}

/** All that is read for a segment, in this order. */
export function segmentReads(segment: IndexedSegment): SourceRange[] {
  if (segment.samples) return [segment.source, ...segment.more];
  return segment.tail ? [segment.source, segment.tail] : [segment.source];
}

export interface IndexedTrackSegment {
  /** Decode time of the first sample that belongs to this segment, in ticks of the track; = the end of the previous segment. */
  readonly start: number;
  /** Start of the next segment's samples, or for the last one of a period the last sample's end. `start` when it holds no samples. */
  readonly end: number;
  /** Of the first sample. Audio: 1. */
  readonly sap: SapType;
  /** Bytes of the elementary stream at the segment's head that belong to the last sample of the segment before. */
  readonly skip: number;
  /** Bytes of the elementary stream to take from `tail`: the `skip` of the segment after. */
  readonly carry: number;
  /** What a plan puts before its samples; absent: nothing. */
  readonly silence?: Silence;
}

/** Frames of sound in which nothing is heard, from the segment's `start` on. */
export interface Silence {
  readonly frames: number;
  /** Where they end: the decode time of the first sample of the source, or where it has none the segment's `end`. */
  readonly end: number;
}
