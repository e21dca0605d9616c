import type { MediaMap, MediaPlaylist, MediaSegment } from '../../manifest/hls/media-playlist.js';
import { PackagerError } from '../errors.js';
import type { SourceRange } from '../model/source-reader.js';
import type { IndexLimits } from './limits.js';
import { resolveUri } from './resolve-uri.js';
import type { SourceSegment } from './source-rendition.js';

/**
 * The segments that a media playlist lists.
 * @param uri where the playlist is
 * @throws PackagerError for playlists that are live, empty, encrypted, of I-frames, with gaps, or too long
 */
export function mediaSegments(playlist: MediaPlaylist, uri: string, limits: IndexLimits): SourceSegment[] {
  const { segments } = playlist;
  if (playlist.iFramesOnly)
    throw new PackagerError('source_unsupported', 'a playlist of I-frames only cannot be packaged');
  if (!playlist.endList) {
    throw new PackagerError(
      'source_unsupported',
      'live playlist: it has no EXT-X-ENDLIST; only finished ones can be packaged',
    );
  }
  if (segments.length === 0) throw new PackagerError('source_invalid', 'the playlist lists no segments');
  if (segments.length > limits.maximumSegments) {
    throw new PackagerError(
      'source_too_large',
      `${segments.length} segments; maximumSegments is ${limits.maximumSegments}`,
    );
  }
  const maps = new Map<MediaMap, SourceRange>();
  return segments.map((segment, index) => sourceSegment(segment, index, { uri, maps }));
}

interface OfPlaylist {
  readonly uri: string;
  /** As resolved: one object for all segments that share it. */
  readonly maps: Map<MediaMap, SourceRange>;
}

function sourceSegment(segment: MediaSegment, index: number, { uri, maps }: OfPlaylist): SourceSegment {
  const at = { segment: index + 1, ...(segment.line !== undefined && { line: segment.line }) };
  if (segment.keys) {
    const methods = segment.keys.map(({ method }) => method).join(', ');
    throw new PackagerError(
      'source_encrypted',
      `EXT-X-KEY with METHOD ${methods}; only clear sources can be packaged`,
      at,
    );
  }
  if (segment.gap) throw new PackagerError('source_invalid', 'EXT-X-GAP: the source lacks a segment', at);
  const address = (reference: string) => {
    const resolved = resolveUri(reference, uri);
    if (resolved !== undefined) return resolved;
    throw new PackagerError('source_invalid', `not a URI: ${reference.slice(0, 200)}`, at);
  };
  let map = segment.map && maps.get(segment.map);
  if (segment.map && !map) maps.set(segment.map, (map = { uri: address(segment.map.uri), ...segment.map.byteRange }));
  return {
    range: { uri: address(segment.uri), ...segment.byteRange },
    ...(map && { map }),
    number: index + 1,
    duration: segment.duration,
    discontinuity: segment.discontinuity === true,
    ...(segment.programDateTime !== undefined && { programDateTime: segment.programDateTime }),
    ...(segment.markers && { markers: segment.markers }),
  };
}
