import type { SourceMedia, SourceVariant } from '../model/asset-index.js';
import type { SourceRange } from '../model/source-reader.js';
import type { ProgramMap } from '../mpegts/psi.js';

/** A rendition as its playlist has it, or as a single transport stream is cut: segments still unread. */
export interface SourceRendition {
  readonly id: string;
  readonly uri: string;
  readonly variant?: SourceVariant;
  readonly media?: SourceMedia;
  /** EXT-X-MEDIA without a URI: the sound in the variant's own segments. */
  readonly muxed?: Pick<SourceMedia, 'name' | 'language'>;
  readonly segments: readonly SourceSegment[];
  /** As in MediaPlaylist. */
  readonly dateRanges?: readonly string[];
}

export interface SourceSegment {
  readonly range: SourceRange;
  /** EXT-X-MAP: it is a segment of fragmented MP4. One object for all segments that share it. */
  readonly map?: SourceRange;
  /** Ordinal in the rendition, from 1. */
  readonly number: number;
  /** What the stream that it was cut from says at its head; the segment may say otherwise, or nothing. */
  readonly program?: ProgramMap;
  /** EXTINF, seconds */
  readonly duration?: number;
  /** A new period begins here. */
  readonly discontinuity: boolean;
  readonly programDateTime?: string;
  /** As in MediaSegment. */
  readonly markers?: readonly string[];
}
