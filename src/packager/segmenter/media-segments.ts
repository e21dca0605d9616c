import type { MediaMap, MediaPlaylist, MediaSegment } from '../../manifest/hls/media-playlist.js';
import { type ErrorLocation, PackagerError } from '../errors.js';
import type { SourceRange } from '../model/source-reader.js';
import type { IndexLimits } from './limits.js';
import { resolveUri } from './resolve-uri.js';
import { segmentEncryption } from './segment-encryption.js';
import type { SourceSegment } from './source-rendition.js';

/**
 * @param uri where the playlist is
 * The segments that a media playlist lists. Gaps before the first one of a part mean that it begins later, which its time stamps say too.
 * @throws PackagerError for playlists that are live, empty, encrypted otherwise than with AES-128, of I-frames, with gaps amid, or too long
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
  const of = { uri, maps: new Map<MediaMap, SourceRange>(), mediaSequence: playlist.mediaSequence };
  const listed: SourceSegment[] = [];
  let begins = true;
  for (const [index, segment] of segments.entries()) {
    begins ||= segment.discontinuity === true;
    if (segment.gap && begins) continue;
    const { discontinuity, ...read } = sourceSegment(segment, index, of);
    listed.push({ ...read, discontinuity: discontinuity || (begins && listed.length > 0) });
    begins = false;
  }
  if (listed.length === 0) throw new PackagerError('source_invalid', 'the playlist lists nothing but gaps (EXT-X-GAP)');
  return listed;
}

interface OfPlaylist {
  readonly uri: string;
  /** As resolved: one object for all segments that share it. */
  readonly maps: Map<MediaMap, SourceRange>;
  readonly mediaSequence: number;
}

function sourceSegment(segment: MediaSegment, index: number, { uri, maps, mediaSequence }: OfPlaylist): SourceSegment {
  const at = { segment: index + 1, ...(segment.line !== undefined && { line: segment.line }) };
  if (segment.gap) throw new PackagerError('source_invalid', 'EXT-X-GAP: the source lacks a segment', at);
  const address = (reference: string) => {
    const resolved = resolveUri(reference, uri);
    if (resolved !== undefined) return resolved;
    throw new PackagerError('source_invalid', `not a URI: ${reference.slice(0, 200)}`, at);
  };
  const range = (of: MediaSegment | MediaMap, sequence?: number): SourceRange => {
    const { keys, byteRange } = of;
    if (!keys) return { uri: address(of.uri), ...byteRange };
    const encryption = located(at, () => segmentEncryption({ keys, sequence, byteRange, address }));
    // How long it is when it is deciphered, the padding tells.
    return { uri: address(of.uri), offset: encryption.offset, encryption };
  };
  let map = segment.map && maps.get(segment.map);
  if (segment.map && !map) maps.set(segment.map, (map = range(segment.map)));
  return {
    range: range(segment, mediaSequence + index),
    ...(map && { map }),
    number: index + 1,
    duration: segment.duration,
    discontinuity: segment.discontinuity === true,
    ...(segment.programDateTime !== undefined && { programDateTime: segment.programDateTime }),
    ...(segment.markers && { markers: segment.markers }),
  };
}

function located<T>(at: ErrorLocation, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof PackagerError ? error.at(at) : error;
  }
}
