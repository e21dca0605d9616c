import type { XmlElement } from '../xml.js';

/** A static media presentation description, ISO/IEC 23009-1 §5.3, as far as Reelway writes it. Names are the schema's. */
export interface Mpd {
  readonly profiles: readonly string[];
  /** seconds */
  readonly minBufferTime: number;
  /** seconds */
  readonly maxSegmentDuration: number;
  /**
   * Every Representation is one segment with an index (SegmentBase): how long segments are, how they are aligned and what they start with is said
   * of its subsegments.
   */
  readonly indexed?: boolean;
  readonly periods: readonly Period[];
}

/** §5.3.2 */
export interface Period {
  readonly id: string;
  /** seconds */
  readonly duration: number;
  readonly eventStreams?: readonly EventStream[];
  readonly adaptationSets: readonly AdaptationSet[];
}

/** §5.10.2: events that the MPD itself holds. */
export interface EventStream {
  readonly schemeIdUri: string;
  /** Ticks per second. */
  readonly timescale: number;
  /** Ticks of the Period's start. */
  readonly presentationTimeOffset: number;
  readonly events: readonly PeriodEvent[];
}

export interface PeriodEvent {
  /** Ticks, from the same zero as presentationTimeOffset. */
  readonly presentationTime: number;
  /** Ticks; absent: not known. */
  readonly duration?: number;
  readonly id: number;
  readonly content: XmlElement;
}

/** §5.3.3 */
export interface AdaptationSet {
  readonly id: number;
  readonly contentType: 'video' | 'audio' | 'text';
  readonly mimeType: string;
  /** BCP 47 */
  readonly lang?: string;
  /** All Representations have their segments at the same times. */
  readonly segmentAlignment: boolean;
  /** Stream access point type that every segment begins with, at least; absent when some have none. */
  readonly startWithSAP?: number;
  readonly roles: readonly Descriptor[];
  /** Whom the set helps. */
  readonly accessibility?: readonly Descriptor[];
  /** What a player must understand to use the set at all. */
  readonly essentialProperties?: readonly Descriptor[];
  /** What a player may make use of. */
  readonly supplementalProperties?: readonly Descriptor[];
  /** Events in the segments, §5.10.3. */
  readonly inbandEventStreams?: readonly Descriptor[];
  readonly label?: string;
  /** For all Representations; then they have none of their own. */
  readonly segmentTemplate?: SegmentTemplate;
  readonly representations: readonly Representation[];
}

/** §5.3.5 */
export interface Representation {
  readonly id: string;
  /** bits per second */
  readonly bandwidth: number;
  /** RFC 6381 */
  readonly codecs: string;
  readonly width?: number;
  readonly height?: number;
  /** `30` or `30000/1001` */
  readonly frameRate?: string;
  /** `1:1` */
  readonly sar?: string;
  /** Hz */
  readonly audioSamplingRate?: number;
  readonly audioChannelConfiguration?: Descriptor;
  /** How much faster than normal it can be played, for trick play. */
  readonly maxPlayoutRate?: number;
  /** `false`: every sample can be decoded by itself. */
  readonly codingDependency?: boolean;
  readonly segmentTemplate?: SegmentTemplate;
  readonly segmentBase?: SegmentBase;
}

/** §5.8.2 */
export interface Descriptor {
  readonly schemeIdUri: string;
  readonly value: string;
}

/** §5.3.9.4; times in ticks of its timescale */
export interface SegmentTemplate {
  /** ticks per second */
  readonly timescale: number;
  /** The media time that plays at the start of the Period. */
  readonly presentationTimeOffset: number;
  readonly initialization: string;
  readonly media: string;
  readonly startNumber: number;
  /** What the segments last: each by itself, or all the same. */
  readonly segments: { readonly timeline: readonly TimelineRun[] } | { readonly duration: number };
}

/** §5.3.9.2, with the address of the one segment */
export interface SegmentBase {
  readonly baseUrl: string;
  /** ticks per second */
  readonly timescale: number;
  /** Of the init segment, and of the segment index. */
  readonly initialization: MpdByteRange;
  readonly index: MpdByteRange;
}

export interface MpdByteRange {
  /** bytes */
  readonly offset: number;
  readonly length: number;
}

/** S, §5.3.9.6.2 */
export interface TimelineRun {
  /** Absent: where the run before ends. */
  readonly t?: number;
  readonly d: number;
  /** How often it is repeated; absent: not. */
  readonly r?: number;
}
