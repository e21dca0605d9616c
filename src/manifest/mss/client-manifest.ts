/** A client manifest of Smooth Streaming, [MS-SSTR] §2.2.2, of a finished presentation. Names are the schema's. */
export interface ClientManifest {
  /** Ticks of clientTimescale. */
  readonly duration: number;
  readonly streams: readonly StreamIndex[];
}

/** Ticks per second of SmoothStreamingMedia@Duration, and the default of all else. */
export const clientTimescale = 10_000_000;

/** §2.2.2.3 */
export interface StreamIndex {
  readonly type: 'video' | 'audio' | 'text';
  /** Of text: `SUBT` subtitles, `CAPT` captions. */
  readonly subtype?: string;
  /** Unique in the manifest; stands in the addresses of fragments. */
  readonly name: string;
  /** Ticks per second of its chunks. */
  readonly timescale: number;
  /** BCP 47 */
  readonly language?: string;
  readonly qualityLevels: readonly QualityLevel[];
  readonly chunks: readonly Chunk[];
}

/** §2.2.2.5 */
export interface QualityLevel {
  /** bits per second; unique in its stream, stands in the addresses of fragments */
  readonly bitrate: number;
  /** `H264`, `AACL`, `AACH`, `DFXP` */
  readonly fourCC: string;
  /** Hexadecimal. */
  readonly codecPrivateData: string;
  readonly maxWidth?: number;
  readonly maxHeight?: number;
  /** Hz */
  readonly samplingRate?: number;
  readonly channels?: number;
}

/** `c`, §2.2.2.6: ticks */
export interface Chunk {
  readonly start: number;
  readonly duration: number;
}

/** Where a fragment is, relative to the manifest: the UrlPattern of §2.2.2.3 filled in. */
export function fragmentPath(stream: string, bitrate: number | string, start: number | string): string {
  return `QualityLevels(${bitrate})/Fragments(${stream}=${start})`;
}
