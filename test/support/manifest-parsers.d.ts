/** The parts that we use of two parsers from npm that carry no types; they judge our manifests independently of our own reader. */
declare module 'm3u8-parser' {
  export interface ParsedSegment {
    uri: string;
    /** seconds */
    duration: number;
    discontinuity?: boolean;
    timeline: number;
    byterange?: { offset: number; length: number };
    map?: { uri: string; resolvedUri?: string; byterange?: { offset: number; length: number } };
    resolvedUri?: string;
    /** seconds; mpd-parser only */
    presentationTime?: number;
  }
  export interface ParsedPlaylist {
    uri: string;
    attributes: Record<string, unknown>;
    segments?: ParsedSegment[];
    /** Where the segment index of an MPD's SegmentBase is. */
    sidx?: { uri: string; resolvedUri: string; byterange: { offset: number; length: number } };
  }
  export interface ParsedManifest {
    endList?: boolean;
    targetDuration?: number;
    segments: ParsedSegment[];
    playlists?: ParsedPlaylist[];
    mediaGroups?: { AUDIO: Record<string, Record<string, { uri?: string; playlists?: ParsedPlaylist[] }>> };
  }
  export class Parser {
    push(text: string): void;
    end(): void;
    manifest: ParsedManifest;
  }
}

declare module 'mpd-parser' {
  import type { ParsedManifest } from 'm3u8-parser';
  export interface ParsedSidx {
    timescale: number;
    firstOffset: number;
    references: { referenceType: number; referencedSize: number; subsegmentDuration: number }[];
  }
  export function parse(
    text: string,
    options: { manifestUri: string; sidxMapping?: Record<string, { sidx: ParsedSidx }> },
  ): ParsedManifest;
  export function generateSidxKey(sidx: unknown): string;
}
