import type { DashManifestConfiguration, HlsManifestConfiguration } from '../../domain/packaging-configuration.js';
import type { IFrame } from '../model/i-frame.js';
import type { Splice } from '../model/timed-metadata.js';

/** A manifest of the presentation, with the tracks that its StreamSelection leaves, in its order. */
export type PlannedManifest = HlsManifest | DashManifest | MssManifest;

export interface HlsManifest {
  readonly kind: 'hls';
  /** Of the multivariant playlist; the media playlists' names derive from it. */
  readonly name: string;
  readonly configuration: HlsManifestConfiguration;
  readonly combinations: readonly Combination[];
  /** Ids of PlannedTexts. */
  readonly texts: readonly string[];
}

export interface DashManifest {
  readonly kind: 'dash';
  readonly name: string;
  readonly configuration: DashManifestConfiguration;
  readonly segmentTemplateFormat: SegmentTemplateFormat;
  readonly includeIFrameOnlyStream: boolean;
  readonly periodTriggers: readonly 'ADS'[];
  readonly combinations: readonly Combination[];
  /** Ids of PlannedTexts. */
  readonly texts: readonly string[];
}

export interface MssManifest {
  readonly kind: 'mss';
  readonly name: string;
  readonly combinations: readonly Combination[];
  /** Ids of PlannedTexts. */
  readonly texts: readonly string[];
}

/** What plays together, by ids of PlannedTracks: an HLS variant. */
export interface Combination {
  /** Absent: audio alone. */
  readonly video?: string;
  /** Audio in segments of its own. */
  readonly audio: readonly string[];
  /** Audio in the video's own segments, in transport streams. */
  readonly muxed?: readonly string[];
}

export type SegmentTemplateFormat = 'NUMBER_WITH_TIMELINE' | 'TIME_WITH_TIMELINE' | 'NUMBER_WITH_DURATION';

/** A finished manifest. */
export interface ManifestFile {
  readonly name: string;
  readonly contentType: string;
  readonly text: string;
  /** Does a player open it (and not only through another manifest)? Entries are to be stored last. */
  readonly entry: boolean;
}

/** All that manifests need to know beyond the plan: of every media segment, by name. */
export type SegmentFacts = ReadonlyMap<string, SegmentFact>;

export interface SegmentFact {
  /** bytes */
  readonly size: number;
  /** As SegmentOutput has them. */
  readonly iFrames?: readonly IFrame[] | undefined;
  readonly splices?: readonly Splice[] | undefined;
}
