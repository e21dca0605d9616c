import type { DashManifestConfiguration, HlsManifestConfiguration } from '../../domain/packaging-configuration.js';

/** A manifest of the presentation, with the tracks that its StreamSelection leaves, in its order. */
export type PlannedManifest = HlsManifest | DashManifest;

export interface HlsManifest {
  readonly kind: 'hls';
  /** Of the multivariant playlist; the media playlists' names derive from it. */
  readonly name: string;
  readonly configuration: HlsManifestConfiguration;
  readonly combinations: readonly Combination[];
}

export interface DashManifest {
  readonly kind: 'dash';
  readonly name: string;
  readonly configuration: DashManifestConfiguration;
  readonly segmentTemplateFormat: SegmentTemplateFormat;
  readonly combinations: readonly Combination[];
}

/** What plays together, by ids of PlannedTracks: an HLS variant. */
export interface Combination {
  /** Absent: audio alone. */
  readonly video?: string;
  readonly audio: readonly string[];
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

/** Bytes of every media segment by name: all that manifests need to know beyond the plan. */
export type SegmentSizes = ReadonlyMap<string, number>;
