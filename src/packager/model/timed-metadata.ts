/** What a source carries beside picture and sound, to be handed on at a time: ID3 tags, and messages of SCTE 35. */
export type MetadataFormat = 'id3' | 'scte35';

export interface MetadataStream {
  /** Of a transport stream; event messages of fragments have none. */
  readonly pid?: number;
  readonly format: MetadataFormat;
}

/** One tag, or one splice_info_section. */
export interface TimedMetadata {
  readonly format: MetadataFormat;
  /** Ticks of 90 kHz on the period's time line: when it takes effect. Of a message that names no time, when it came. */
  readonly time: number;
  /** The same: the time of the picture that it came with, or of an ID3 tag its own time. */
  readonly arrival: number;
  readonly data: Uint8Array;
}

/** A message of SCTE 35 as facts of finished segments keep it. */
export interface Splice {
  /** Ticks of 90 kHz on the period's time line. */
  readonly time: number;
  /** splice_info_section, base64 */
  readonly section: string;
}
