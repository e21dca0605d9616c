import { ManifestError } from '../manifest-error.js';
import { type AttributeList, readAttributeList } from './attribute-list.js';
import {
  type ByteRange,
  type Key,
  keyFormatOf,
  type MediaMap,
  type MediaPlaylist,
  type MediaSegment,
} from './media-playlist.js';
import { type PlaylistLine, playlistLines, readInteger, readSeconds } from './tag.js';
import { Variables } from './variables.js';

type TagLine = Extract<PlaylistLine, { kind: 'tag' }>;
type Writable<T> = { -readonly [name in keyof T]: T[name] };

/** Tags of advertisement markers that may stand before one segment. */
const maximumMarkers = 64;

/** EXT-X-KEYs in force at once, of a KEYFORMAT each. */
const maximumKeys = 64;

/** EXT-X-DATERANGEs of one playlist. */
const maximumDateRanges = 10_000;

export interface ReadMediaPlaylistOptions {
  /** What the multivariant playlist defines, for EXT-X-DEFINE:IMPORT. */
  readonly variables?: ReadonlyMap<string, string>;
  /** Where the playlist was loaded from; only variables taken from the query need it. */
  readonly uri?: string;
}

/**
 * Reads a media playlist in one pass. Unknown tags are passed over, as players do.
 * @throws ManifestError naming the line
 */
export function readMediaPlaylist(text: string, options: ReadMediaPlaylistOptions = {}): MediaPlaylist {
  const reader = new MediaPlaylistReader(new Variables(options.variables, options.uri));
  for (const item of playlistLines(text)) {
    if (item.kind === 'uri') reader.uri(item.uri, item.line);
    else reader.tag(item);
  }
  return reader.finish();
}

/** Tags apply to the next segment, or to all that follow: what is pending, and what is in force. */
class MediaPlaylistReader {
  readonly #variables: Variables;
  readonly #segments: MediaSegment[] = [];
  readonly #dateRanges: string[] = [];
  readonly #head: Writable<Omit<MediaPlaylist, 'segments'>> = {
    version: 1,
    targetDuration: 0,
    mediaSequence: 0,
    discontinuitySequence: 0,
    endList: false,
    iFramesOnly: false,
    independentSegments: false,
  };
  /** Of the next segment. */
  #pending: Partial<Writable<MediaSegment>> = {};
  #pendingRange: { length: number; offset: number | undefined } | undefined;
  #pendingLine = 0;
  #map: MediaMap | undefined;
  #keys: readonly Key[] | undefined;
  #previous: { uri: string; end: number } | undefined;

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  tag(item: TagLine): void {
    switch (item.name) {
      case 'EXTINF':
        this.#pending.duration = readSeconds(item.name, item.value.split(',', 1)[0] ?? '', item.line);
        this.#pendingLine = item.line;
        return;
      case 'EXT-X-BYTERANGE':
        this.#pendingRange = readByteRange(item.value, item.line);
        return;
      case 'EXT-X-DISCONTINUITY':
        this.#pending.discontinuity = true;
        return;
      case 'EXT-X-GAP':
        this.#pending.gap = true;
        return;
      case 'EXT-X-PROGRAM-DATE-TIME':
        this.#pending.programDateTime = item.value.trim();
        return;
      case 'EXT-X-DATERANGE':
        this.#dateRange(item);
        return;
      case 'EXT-OATCLS-SCTE35':
      case 'EXT-X-SCTE35':
      case 'EXT-X-SPLICEPOINT-SCTE35':
      case 'EXT-X-ASSET':
      case 'EXT-X-CUE-OUT':
      case 'EXT-X-CUE-OUT-CONT':
      case 'EXT-X-CUE-IN':
        this.#marker(item);
        return;
      case 'EXT-X-KEY':
        this.#key(this.#attributes(item), item.line);
        return;
      case 'EXT-X-MAP':
        this.#map = { ...readMap(this.#attributes(item), item.line), ...(this.#keys && { keys: this.#keys }) };
        return;
      case 'EXT-X-DEFINE':
        this.#variables.define(this.#attributes(item), item.line);
        return;
      default:
        this.#headTag(item);
    }
  }

  /** Kept as it is, since clients define attributes of their own; variables have no meaning elsewhere. */
  #dateRange({ value, line }: TagLine): void {
    const list = this.#variables.substitute(value, line).trim();
    readAttributeList(list, line);
    if (this.#dateRanges.length >= maximumDateRanges)
      throw new ManifestError('too_large', `more than ${maximumDateRanges} EXT-X-DATERANGEs (maximumDateRanges)`, line);
    this.#dateRanges.push(list);
  }

  /** No standard has these; each is kept as it is, for those who understand it. */
  #marker({ name, value, line }: TagLine): void {
    const { markers = [] } = this.#pending;
    if (markers.length >= maximumMarkers)
      throw new ManifestError('too_large', `more than ${maximumMarkers} markers at one segment (maximumMarkers)`, line);
    this.#pending.markers = [...markers, value === '' ? name : `${name}:${value}`];
  }

  #headTag({ name, value, line }: TagLine): void {
    switch (name) {
      case 'EXT-X-VERSION':
        this.#head.version = readInteger(name, value, line);
        return;
      case 'EXT-X-TARGETDURATION':
        this.#head.targetDuration = readInteger(name, value, line);
        return;
      case 'EXT-X-MEDIA-SEQUENCE':
        this.#head.mediaSequence = readInteger(name, value, line);
        return;
      case 'EXT-X-DISCONTINUITY-SEQUENCE':
        this.#head.discontinuitySequence = readInteger(name, value, line);
        return;
      case 'EXT-X-PLAYLIST-TYPE': {
        const type = value.trim();
        if (type === 'VOD' || type === 'EVENT') this.#head.playlistType = type;
        return;
      }
      case 'EXT-X-ENDLIST':
        this.#head.endList = true;
        return;
      case 'EXT-X-I-FRAMES-ONLY':
        this.#head.iFramesOnly = true;
        return;
      case 'EXT-X-INDEPENDENT-SEGMENTS':
        this.#head.independentSegments = true;
        return;
      case 'EXT-X-SKIP':
        throw new ManifestError('invalid', 'EXT-X-SKIP: a delta update is not a whole playlist', line);
      case 'EXT-X-STREAM-INF':
        throw new ManifestError('invalid', `${name} has no place in a media playlist`, line);
    }
  }

  uri(written: string, line: number): void {
    const uri = this.#variables.substitute(written, line);
    const pending = this.#pending;
    if (pending.duration === undefined) throw new ManifestError('invalid', 'a URI without EXTINF before it', line);
    const byteRange = this.#byteRange(uri, line);
    // Completed in place: a copy by spreading would take twice the time of all the rest, which a long playlist feels.
    const segment: Writable<MediaSegment> = Object.assign(pending, { uri, duration: pending.duration, line });
    if (byteRange) segment.byteRange = byteRange;
    if (this.#map) segment.map = this.#map;
    if (this.#keys) segment.keys = this.#keys;
    this.#segments.push(segment);
    this.#pending = {};
  }

  /** An absent offset continues where the previous range of the same resource ended, §4.4.4.2. */
  #byteRange(uri: string, line: number): ByteRange | undefined {
    const range = this.#pendingRange;
    this.#pendingRange = undefined;
    if (!range) {
      this.#previous = undefined;
      return undefined;
    }
    const offset = range.offset ?? (this.#previous?.uri === uri ? this.#previous.end : undefined);
    if (offset === undefined)
      throw new ManifestError('invalid', 'EXT-X-BYTERANGE without offset continues no range of the same URI', line);
    this.#previous = { uri, end: offset + range.length };
    return { offset, length: range.length };
  }

  /** §4.4.4.4: a key is in force until the next one of the same KEYFORMAT, or NONE, which ends all. */
  #key(attributes: AttributeList, line: number): void {
    const method = attributes.required('METHOD');
    if (method === 'NONE') {
      this.#keys = undefined;
      return;
    }
    const [iv, keyFormat, versions] = ['IV', 'KEYFORMAT', 'KEYFORMATVERSIONS'].map((name) => attributes.text(name));
    const key: Key = {
      method,
      uri: attributes.required('URI'),
      ...(iv !== undefined && { iv }),
      ...(keyFormat !== undefined && { keyFormat }),
      ...(versions !== undefined && { keyFormatVersions: versions }),
    };
    this.#keys = [...(this.#keys ?? []).filter((other) => keyFormatOf(other) !== keyFormatOf(key)), key];
    if (this.#keys.length > maximumKeys)
      throw new ManifestError('too_large', `more than ${maximumKeys} KEYFORMATs at once (maximumKeys)`, line);
  }

  #attributes({ value, line }: TagLine): AttributeList {
    return readAttributeList(value, line, (text) => this.#variables.substitute(text, line));
  }

  /** @throws ManifestError when the last EXTINF has no URI: the playlist was cut off */
  finish(): MediaPlaylist {
    if (this.#pending.duration !== undefined)
      throw new ManifestError('invalid', 'EXTINF is not followed by a URI: the playlist is cut off', this.#pendingLine);
    const dateRanges = this.#dateRanges;
    return { ...this.#head, ...(dateRanges.length > 0 && { dateRanges }), segments: this.#segments };
  }
}

function readMap(attributes: AttributeList, line: number): MediaMap {
  const uri = attributes.required('URI');
  const written = attributes.text('BYTERANGE');
  if (written === undefined) return { uri };
  const range = readByteRange(written, line);
  return { uri, byteRange: { length: range.length, offset: range.offset ?? 0 } };
}

/** `<length>[@<offset>]`, bytes */
function readByteRange(value: string, line: number): { length: number; offset: number | undefined } {
  const match = /^\s*(\d{1,15})(?:@(\d{1,15}))?\s*$/.exec(value);
  if (!match)
    throw new ManifestError('invalid', `a byte range must be <length>[@<offset>]; given: ${value.slice(0, 60)}`, line);
  return { length: Number(match[1]), offset: match[2] === undefined ? undefined : Number(match[2]) };
}
