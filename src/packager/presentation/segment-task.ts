import type { IndexedSegment, PeriodFrame } from '../model/asset-index.js';
import type { IFrame } from '../model/i-frame.js';
import type { SourceRange } from '../model/source-reader.js';
import type { MetadataFormat, Splice } from '../model/timed-metadata.js';
import type { TextDocument } from '../model/text.js';

/**
 * What one thread does in one go: reads one or more source segments of one rendition, and makes the output segments of its tracks.
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

export type PlannedOutput = { readonly name: string; readonly contentType: string } & SegmentContent;

/** What the bytes of an output are made of: equal contents are equal bytes, whatever they are called. */
export type SegmentContent = MediaContent | TextContent;
export type MediaContent = FragmentContent | TransportStreamContent;

/** One track in fragments of ISOBMFF. */
export interface FragmentContent {
  readonly container: 'cmaf';
  /** Index in `period.tracks`. */
  readonly track: number;
  /** `mfhd` sequence number */
  readonly sequenceNumber: number;
  /** Where the last sample ends, ticks of the track. */
  readonly end: number;
  /** `marked`: a fragment for each group of pictures, and where its key picture is; `only`: nothing else, for trick play. */
  readonly iFrames?: 'marked' | 'only';
  /** Parameter sets before each key picture. */
  readonly parameterSetsInBand?: true;
  /** ID3 tags of the source as `emsg`. */
  readonly metadata?: true;
  /** Says which messages of SCTE 35 came within it. */
  readonly splices?: 'marked';
}

/** Tracks in a transport stream. */
export interface TransportStreamContent {
  readonly container: 'mpegts';
  /** The first one carries the clock references. */
  readonly tracks: readonly MuxedTrackPlan[];
  /** Ticks of 90 kHz of the period's time 0; `source`: the source segment as it is, byte for byte. */
  readonly clock: number | 'source';
  /** Says where key pictures are. */
  readonly iFrames?: 'marked';
  /** What is written of the source's timed metadata. */
  readonly metadata?: readonly MetadataFormat[];
  readonly splices?: 'marked';
}

/**
 * `webvtt`: segments of HLS. `wvtt`, `stpp`: fragments of WebVTT and TTML, ISO/IEC 14496-30. `dfxp`: fragments of TTML as Smooth Streaming has
 * them, with times that count from the fragment's start.
 */
export type TextFormat = 'webvtt' | 'wvtt' | 'stpp' | 'dfxp';

/** Text, which is known already: nothing is read for it. */
export interface TextContent {
  readonly container: 'text';
  readonly format: TextFormat;
  /** BCP 47 */
  readonly language?: string;
  /** Ticks of textTimescale. */
  readonly start: number;
  readonly end: number;
  /** `mfhd` sequence number */
  readonly sequenceNumber: number;
  /** Of `webvtt`: ticks of 90 kHz of the media at the period's time 0. */
  readonly clock: number;
  /** What is shown between start and end, with all of its time. */
  readonly document: Omit<TextDocument, 'broken'>;
}

export interface MuxedTrackPlan {
  /** Index in `period.tracks`. */
  readonly track: number;
  /** BCP 47 */
  readonly language?: string;
}

/** One finished media segment. */
export interface SegmentOutput {
  readonly name: string;
  readonly contentType: string;
  /** Gather list: joined, these are the object. They may be views into the task's own source bytes, so they are valid until those are reused. */
  readonly data: readonly Uint8Array[];
  /** bytes */
  readonly size: number;
  /** Where its key pictures are, when a manifest wants to know. */
  readonly iFrames?: readonly IFrame[];
  /** Messages of SCTE 35 that came within it, when a manifest wants to know. */
  readonly splices?: readonly Splice[];
}
