/** What a media playlist says, RFC 8216bis §4.4.3 to §4.4.5. URIs are as written: relative to the playlist. */
export interface MediaPlaylist {
  /** EXT-X-VERSION; 1 when absent */
  readonly version: number;
  /** seconds */
  readonly targetDuration: number;
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
  readonly playlistType?: 'VOD' | 'EVENT';
  /** EXT-X-ENDLIST: nothing will be added. */
  readonly endList: boolean;
  readonly iFramesOnly: boolean;
  readonly independentSegments: boolean;
  /** Attribute lists of EXT-X-DATERANGEs, §4.4.5.1, which stand anywhere and say when they are. */
  readonly dateRanges?: readonly string[];
  readonly segments: readonly MediaSegment[];
}

export interface MediaSegment {
  readonly uri: string;
  /** EXTINF, seconds */
  readonly duration: number;
  readonly byteRange?: ByteRange;
  /** EXT-X-MAP that applies; one object for all segments that share it. */
  readonly map?: MediaMap;
  /** EXT-X-KEYs that apply, absent when none or METHOD=NONE; one array for all segments that share it. */
  readonly keys?: readonly Key[];
  /** EXT-X-DISCONTINUITY stands before the segment. */
  readonly discontinuity?: true;
  /** EXT-X-GAP: the segment is missing on purpose. */
  readonly gap?: true;
  /** As written: ISO 8601. */
  readonly programDateTime?: string;
  /** Tags of advertisement markers that stand before it, as written after the `#`. */
  readonly markers?: readonly string[];
  /** Where its URI stands, from 1; absent for a segment that is to be written. */
  readonly line?: number;
}

export interface ByteRange {
  /** bytes */
  readonly offset: number;
  readonly length: number;
}

/** EXT-X-MAP */
export interface MediaMap {
  readonly uri: string;
  readonly byteRange?: ByteRange;
  /** EXT-X-KEYs that apply to it, as of segments. */
  readonly keys?: readonly Key[];
}

/** EXT-X-KEY with a METHOD other than NONE */
export interface Key {
  readonly method: string;
  readonly uri: string;
  /** `0x` and 32 hexadecimal digits */
  readonly iv?: string;
  readonly keyFormat?: string;
  readonly keyFormatVersions?: string;
}

/** `identity` where none is said: the key is the resource itself. */
export function keyFormatOf({ keyFormat = 'identity' }: Key): string {
  return keyFormat;
}
