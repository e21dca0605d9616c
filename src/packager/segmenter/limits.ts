/** What a source may make us read and keep. Every one can be raised by the caller; the error names it. */
export interface IndexLimits {
  /** bytes */
  readonly maximumPlaylistBytes: number;
  /** Segments of one rendition. */
  readonly maximumSegments: number;
  readonly maximumRenditions: number;
  /** bytes */
  readonly maximumSegmentBytes: number;
  /** Tracks of one rendition. */
  readonly maximumTracks: number;
}

export const defaultLimits: IndexLimits = {
  maximumPlaylistBytes: 16 * 1024 * 1024,
  maximumSegments: 200_000,
  maximumRenditions: 64,
  maximumSegmentBytes: 256 * 1024 * 1024,
  maximumTracks: 16,
};
