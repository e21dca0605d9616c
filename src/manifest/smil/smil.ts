/** A SMIL document as MediaPackage VOD reads it: MP4 renditions of one asset, and text beside them. */
export interface Smil {
  readonly videos: readonly SmilVideo[];
  readonly texts: readonly SmilText[];
}

export interface SmilVideo {
  /** URI reference, relative to the document. */
  readonly src: string;
  /** Of the file's audio tracks in order; empty where nothing is said. */
  readonly languages: readonly string[];
  readonly audioNames: readonly string[];
  /** Absent for a track: it is included. */
  readonly includeAudio: readonly boolean[];
  readonly line: number;
}

export interface SmilText {
  readonly src: string;
  readonly language?: string;
  readonly name?: string;
  readonly line: number;
}
