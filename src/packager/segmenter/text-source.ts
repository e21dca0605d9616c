import type { TextMedia } from '../model/asset-index.js';
import type { TextDocument } from '../model/text.js';
import type { TextTrack } from './open-texts.js';
import type { SourceSegment } from './source-rendition.js';

/** A rendition of subtitles as its playlist has it, or a document that stands for all of it: still unread. */
export interface TextSource {
  readonly id: string;
  readonly uri: string;
  readonly media: TextMedia;
  readonly segments: readonly SourceSegment[];
}

/** Subtitles that were read along with the media that they are tracks beside. */
export interface TextBesideMedia {
  readonly uri: string;
  readonly media: TextMedia;
  /** For each period; undefined: it has none. On the media's clock: ticks of textTimescale. */
  readonly documents: readonly (TextDocument | undefined)[];
}

/** The text tracks of one rendition by their track_IDs, over its periods. */
export function textsOfRendition(uri: string, periods: readonly (readonly TextTrack[])[]): TextBesideMedia[] {
  const ids = [...new Set(periods.flatMap((texts) => texts.map(({ id }) => id)))];
  return ids.map((id) => {
    const found = periods.map((texts) => texts.find((text) => text.id === id));
    const first = found.find((text) => text) as TextTrack;
    return { uri, media: first.media, documents: found.map((text) => text?.document) };
  });
}

/** Renditions of the same pictures often have the same subtitles: each once. */
export function eachOnce(texts: readonly TextBesideMedia[]): TextBesideMedia[] {
  const known = new Map<string, TextBesideMedia>();
  for (const text of texts) {
    const said = JSON.stringify([text.media, text.documents]);
    if (!known.has(said)) known.set(said, text);
  }
  return [...known.values()];
}
