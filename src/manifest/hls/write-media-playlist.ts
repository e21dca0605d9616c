import { writeAttributeList } from './attribute-list.js';
import {
  type ByteRange,
  type Key,
  keyFormatOf,
  type MediaMap,
  type MediaPlaylist,
  type MediaSegment,
} from './media-playlist.js';
import { uriLine } from './tag.js';

/**
 * Writes a media playlist; EXT-X-MAP and EXT-X-KEY stand where they change.
 * @throws ManifestError for a value that HLS cannot express
 */
export function writeMediaPlaylist(playlist: MediaPlaylist): string {
  const lines = ['#EXTM3U', `#EXT-X-VERSION:${playlist.version}`, `#EXT-X-TARGETDURATION:${playlist.targetDuration}`];
  if (playlist.mediaSequence > 0) lines.push(`#EXT-X-MEDIA-SEQUENCE:${playlist.mediaSequence}`);
  if (playlist.discontinuitySequence > 0) lines.push(`#EXT-X-DISCONTINUITY-SEQUENCE:${playlist.discontinuitySequence}`);
  if (playlist.playlistType) lines.push(`#EXT-X-PLAYLIST-TYPE:${playlist.playlistType}`);
  if (playlist.iFramesOnly) lines.push('#EXT-X-I-FRAMES-ONLY');
  if (playlist.independentSegments) lines.push('#EXT-X-INDEPENDENT-SEGMENTS');
  lines.push(...(playlist.dateRanges ?? []).map((list) => `#EXT-X-DATERANGE:${list}`));
  let previous: MediaSegment | undefined;
  for (const segment of playlist.segments) {
    lines.push(...writeSegment(segment, previous));
    previous = segment;
  }
  if (playlist.endList) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}

function writeSegment(segment: MediaSegment, previous: MediaSegment | undefined): string[] {
  const { byteRange, map, keys, programDateTime } = segment;
  const lines: string[] = [];
  if (segment.discontinuity) lines.push('#EXT-X-DISCONTINUITY');
  let inForce = previous?.keys;
  const enforce = (wanted: readonly Key[] | undefined) => {
    if (sameKeys(wanted, inForce)) return;
    // A key ends with the next one of its KEYFORMAT; without one, all have to.
    const formats = new Set(wanted?.map(keyFormatOf));
    if (!wanted || inForce?.some((key) => !formats.has(keyFormatOf(key)))) lines.push('#EXT-X-KEY:METHOD=NONE');
    if (wanted) lines.push(...wanted.map(writeKey));
    inForce = wanted;
  };
  if (map && !sameMap(map, previous?.map)) {
    enforce(map.keys);
    lines.push(writeMap(map));
  }
  enforce(keys);
  if (programDateTime !== undefined) lines.push(`#EXT-X-PROGRAM-DATE-TIME:${programDateTime}`);
  if (segment.markers) lines.push(...segment.markers.map((marker) => `#${marker}`));
  if (segment.gap) lines.push('#EXT-X-GAP');
  if (byteRange) lines.push(`#EXT-X-BYTERANGE:${writeRange(byteRange)}`);
  lines.push(`#EXTINF:${segment.duration.toFixed(6)},`, uriLine(segment.uri));
  return lines;
}

function writeMap({ uri, byteRange }: MediaMap): string {
  return `#EXT-X-MAP:${writeAttributeList({
    URI: { quoted: uri },
    BYTERANGE: byteRange && { quoted: writeRange(byteRange) },
  })}`;
}

function writeKey({ method, uri, iv, keyFormat, keyFormatVersions }: Key): string {
  return `#EXT-X-KEY:${writeAttributeList({
    METHOD: method,
    URI: { quoted: uri },
    IV: iv,
    KEYFORMAT: keyFormat === undefined ? undefined : { quoted: keyFormat },
    KEYFORMATVERSIONS: keyFormatVersions === undefined ? undefined : { quoted: keyFormatVersions },
  })}`;
}

function writeRange({ length, offset }: ByteRange): string {
  return `${length}@${offset}`;
}

function sameMap(a: MediaMap, b: MediaMap | undefined): boolean {
  return (
    a === b ||
    (a.uri === b?.uri &&
      a.byteRange?.offset === b.byteRange?.offset &&
      a.byteRange?.length === b.byteRange?.length &&
      sameKeys(a.keys, b.keys))
  );
}

function sameKeys(a: readonly Key[] | undefined, b: readonly Key[] | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
