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
  /** bytes of all documents or segments of one rendition of subtitles */
  readonly maximumTextBytes: number;
  /** bytes of the movie box of an MP4 */
  readonly maximumMovieBytes: number;
  /** bytes of the `moof` of a movie fragment */
  readonly maximumFragmentHeaderBytes: number;
  /** Boxes at the top of an MP4. */
  readonly maximumTopLevelBoxes: number;
  /** Samples of one track of an MP4. */
  readonly maximumSamples: number;
  /** Event messages (`emsg`) of one rendition. */
  readonly maximumEvents: number;
  /** bytes of all of them */
  readonly maximumEventBytes: number;
}

export const defaultLimits: IndexLimits = {
  maximumPlaylistBytes: 16 * 1024 * 1024,
  maximumSegments: 200_000,
  maximumRenditions: 64,
  maximumSegmentBytes: 256 * 1024 * 1024,
  maximumTracks: 16,
  maximumTextBytes: 64 * 1024 * 1024,
  maximumMovieBytes: 128 * 1024 * 1024,
  maximumFragmentHeaderBytes: 16 * 1024 * 1024,
  maximumTopLevelBoxes: 1_000_000,
  maximumSamples: 10_000_000,
  maximumEvents: 100_000,
  maximumEventBytes: 16 * 1024 * 1024,
};
