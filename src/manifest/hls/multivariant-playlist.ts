/** What a multivariant playlist says, RFC 8216bis §4.4.6. URIs are as written: relative to the playlist. */
export interface MultivariantPlaylist {
  /** EXT-X-VERSION; 1 when absent */
  readonly version: number;
  readonly independentSegments: boolean;
  readonly variants: readonly Variant[];
  readonly iFrameVariants: readonly IFrameVariant[];
  readonly media: readonly Media[];
  /** EXT-X-DEFINE, for the media playlists that import them. */
  readonly variables: ReadonlyMap<string, string>;
}

/** What EXT-X-STREAM-INF and EXT-X-I-FRAME-STREAM-INF have in common. */
interface StreamInformation {
  readonly uri: string;
  /** bits per second, peak */
  readonly bandwidth: number;
  /** bits per second */
  readonly averageBandwidth?: number;
  /** RFC 6381, comma-separated */
  readonly codecs?: string;
  readonly resolution?: { readonly width: number; readonly height: number };
  readonly videoRange?: string;
  readonly hdcpLevel?: string;
}

/** EXT-X-STREAM-INF */
export interface Variant extends StreamInformation {
  /** frames per second */
  readonly frameRate?: number;
  /** GROUP-IDs */
  readonly audio?: string;
  readonly video?: string;
  readonly subtitles?: string;
  /** GROUP-ID, or NONE */
  readonly closedCaptions?: string;
}

/** EXT-X-I-FRAME-STREAM-INF */
export type IFrameVariant = StreamInformation;

/** EXT-X-MEDIA */
export interface Media {
  readonly type: 'AUDIO' | 'VIDEO' | 'SUBTITLES' | 'CLOSED-CAPTIONS';
  readonly groupId: string;
  readonly name: string;
  /** Absent: the media is in the variant's own segments. */
  readonly uri?: string;
  readonly language?: string;
  readonly assocLanguage?: string;
  readonly default: boolean;
  readonly autoselect: boolean;
  readonly forced: boolean;
  readonly instreamId?: string;
  readonly characteristics?: string;
  readonly channels?: string;
}
