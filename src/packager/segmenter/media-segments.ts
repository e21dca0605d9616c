import type { MediaPlaylist, MediaSegment } from '../../manifest/hls/media-playlist.js';
import { PackagerError } from '../errors.js';
import type { IndexLimits } from './limits.js';
import { resolveUri } from './resolve-uri.js';
import type { SourceSegment } from './source-rendition.js';

/**
 * The segments that a media playlist lists.
 * @param uri where the playlist is
 * @throws PackagerError for playlists that are live, empty, encrypted, of I-frames, of fragmented MP4, with gaps, or too long
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
  return segments.map((segment, index) => sourceSegment(segment, index, uri));
}

function sourceSegment(segment: MediaSegment, index: number, uri: string): SourceSegment {
  const at = { segment: index + 1, ...(segment.line !== undefined && { line: segment.line }) };
  if (segment.keys) {
    const methods = segment.keys.map(({ method }) => method).join(', ');
    throw new PackagerError(
      'source_encrypted',
      `EXT-X-KEY with METHOD ${methods}; only clear sources can be packaged`,
      at,
    );
  }
  if (segment.map) {
    throw new PackagerError(
      'source_unsupported',
      'EXT-X-MAP: segments of fragmented MP4 are not supported, only MPEG-TS is',
      at,
    );
  }
  if (segment.gap) throw new PackagerError('source_invalid', 'EXT-X-GAP: the source lacks a segment', at);
  const resolved = resolveUri(segment.uri, uri);
  if (resolved === undefined) throw new PackagerError('source_invalid', `not a URI: ${segment.uri.slice(0, 200)}`, at);
  return {
    range: { uri: resolved, ...segment.byteRange },
    number: index + 1,
    duration: segment.duration,
    discontinuity: segment.discontinuity === true,
    ...(segment.programDateTime !== undefined && { programDateTime: segment.programDateTime }),
    ...(segment.markers && { markers: segment.markers }),
  };
}
