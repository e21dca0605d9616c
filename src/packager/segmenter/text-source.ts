import type { TextMedia } from '../model/asset-index.js';
import type { SourceSegment } from './source-rendition.js';

/** A rendition of subtitles as its playlist has it, or a document that stands for all of it: still unread. */
export interface TextSource {
  readonly id: string;
  readonly uri: string;
  readonly media: TextMedia;
  readonly segments: readonly SourceSegment[];
}
