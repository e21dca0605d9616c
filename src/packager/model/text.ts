/** Ticks per second of all text: those of the transport streams that it goes with, and a whole number to a millisecond. */
export const textTimescale = 90_000;

/** What is shown from one moment to another, in the language of WebVTT, which all other formats of text are read into. */
export interface Cue {
  /** WebVTT §4.1: cue identifier */
  readonly id?: string;
  /** ticks of textTimescale */
  readonly start: number;
  /** Infinity when the document leaves it open: up to the end of the media. */
  readonly end: number;
  /** WebVTT cue settings, each allowed and once: `line:0 align:start`; empty: none. */
  readonly settings: string;
  /** WebVTT cue text: tags and escapes as they stand in a file, lines parted by LF, none of them empty. */
  readonly text: string;
}

/** A document of text, or one segment of it. */
export interface TextDocument {
  /** CSS of STYLE blocks. */
  readonly styles: readonly string[];
  /** What stands in REGION blocks. */
  readonly regions: readonly string[];
  /** In the order of the document. */
  readonly cues: readonly Cue[];
  /** Cues that cannot be read, and are left out. */
  readonly broken: number;
}
