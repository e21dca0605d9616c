import { ManifestError } from '../manifest-error.js';

/** One line that means something: a tag with its value, or a URI. Comments and blank lines are not passed on. */
export type PlaylistLine =
  | { readonly kind: 'tag'; readonly name: string; readonly value: string; readonly line: number }
  | { readonly kind: 'uri'; readonly uri: string; readonly line: number };

/** The longest playlist that is read, in UTF-16 units; a playlist of 1,000,000 lines is about half of it. */
export const maxPlaylistLength = 64 * 1024 * 1024;

/** What does the playlist list? Decided by its first telling tag, RFC 8216bis §4.1. */
export function playlistKind(text: string): 'multivariant' | 'media' {
  checkHeader(text);
  const telling =
    /^[ \t]*#(EXT-X-STREAM-INF|EXT-X-I-FRAME-STREAM-INF|EXT-X-MEDIA:|EXTINF|EXT-X-TARGETDURATION|EXT-X-ENDLIST|EXT-X-MEDIA-SEQUENCE)/m;
  const tag = telling.exec(text)?.[1];
  if (tag === undefined) throw new ManifestError('invalid', 'the playlist lists neither variants nor segments');
  return tag.startsWith('EXT-X-STREAM') || tag.startsWith('EXT-X-I-FRAME') || tag === 'EXT-X-MEDIA:'
    ? 'multivariant'
    : 'media';
}

/**
 * Walks through the lines of a playlist without splitting it first, so that memory stays that of what is kept. CRLF, blank lines,
 * spaces around a line and a byte order mark are forgiven, as players do.
 * @throws ManifestError when the text is no playlist or longer than maxPlaylistLength
 */
export function* playlistLines(text: string): Generator<PlaylistLine> {
  checkHeader(text);
  let line = 0;
  for (let start = 0; start < text.length;) {
    const feed = text.indexOf('\n', start);
    const end = feed === -1 ? text.length : feed;
    const content = text.slice(start, end).trim();
    start = end + 1;
    line++;
    if (content === '') continue;
    if (content.charCodeAt(0) !== 0x23) yield { kind: 'uri', uri: content, line };
    else if (content.startsWith('#EXT')) yield readTag(content, line);
  }
}

function readTag(content: string, line: number): PlaylistLine {
  const colon = content.indexOf(':');
  return colon === -1
    ? { kind: 'tag', name: content.slice(1), value: '', line }
    : { kind: 'tag', name: content.slice(1, colon), value: content.slice(colon + 1), line };
}

function checkHeader(text: string): void {
  if (text.length > maxPlaylistLength)
    throw new ManifestError(
      'too_large',
      `a playlist may have at most ${maxPlaylistLength} characters (maxPlaylistLength); given: ${text.length}`,
    );
  if (!/^\uFEFF?\s*#EXTM3U(?:\s|$)/.test(text.slice(0, 1024)))
    throw new ManifestError('invalid', 'not a playlist: it must begin with #EXTM3U', 1);
}

/**
 * A decimal integer, zero or more; a fraction is cut off, as players do.
 * @throws ManifestError for anything else
 */
export function readInteger(tag: string, value: string, line: number): number {
  const number = Number.parseInt(value, 10);
  if (!/^\s*\d/.test(value) || !Number.isSafeInteger(number))
    throw new ManifestError('invalid', `${tag} must be an integer; given: ${value.slice(0, 60)}`, line);
  return number;
}

/**
 * A URI on a line of its own.
 * @throws ManifestError for one that would be read as a comment, a tag, nothing, or another URI
 */
export function uriLine(uri: string): string {
  if (uri === '' || uri.startsWith('#') || uri.trim() !== uri || uri.includes('\n'))
    throw new ManifestError('invalid', `a playlist cannot name the URI ${JSON.stringify(uri.slice(0, 60))}`);
  return uri;
}

/**
 * Seconds, zero or more; of up to twelve digits, so that they can be written again.
 * @throws ManifestError for anything else
 */
export function readSeconds(tag: string, value: string, line: number): number {
  const match = /^\s*(\d{1,12}(?:\.\d*)?|\.\d+)\s*$/.exec(value);
  if (!match || value.length > 40)
    throw new ManifestError('invalid', `${tag} must be a number of seconds; given: ${value.slice(0, 60)}`, line);
  return Number(match[1]);
}
