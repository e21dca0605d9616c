/**
 * The completion marker of an endpoint or recording: `.reelway/inventory.json` beside it, written last.
 * What it lists is there, with these sizes and digests; without it nothing is announced.
 */
export interface Inventory {
  readonly version: 1;
  /** What was made, e.g. asset and configuration id. */
  readonly subject: string;
  /** Fingerprint of source and configuration: another one means that this is other work. */
  readonly fingerprint: string;
  /** ISO 8601, UTC */
  readonly completedAt: string;
  /** Keys of the manifests that a player opens, relative to the inventory's folder. */
  readonly entries: readonly string[];
  readonly objects: readonly InventoryObject[];
  /** Only of a harvested presentation. */
  readonly harvest?: HarvestFacts | undefined;
}

/** Where a harvested presentation came from. */
export interface HarvestFacts {
  /** The entry manifest's address, without its query. */
  readonly source: string;
  /** SHA-256 of that query, which may tell presentations apart or be a token. */
  readonly query?: string | undefined;
  /** What keys are appended to, to have the addresses of their objects (transfer/harvest/keys). */
  readonly root: string;
  /** Keys of earlier versions that nothing refers to any more and that are left in place. */
  readonly former: readonly string[];
  /** Stands for the manifests, by content, and for where what they refer to lies. */
  readonly revision: string;
  /** milliseconds of media */
  readonly durationMs: number;
}

export interface InventoryObject {
  /** relative to the folder that holds `.reelway/` */
  readonly key: string;
  /** bytes */
  readonly size: number;
  readonly digest: `crc32:${string}` | `sha256:${string}`;
  /** What the store called this content when it was written, where it has such a thing: saves reading it again to verify it. */
  readonly etag?: string | undefined;
  readonly contentType: string;
  /** How the origin named this content: lets a later harvest ask whether it changed. */
  readonly origin?: OriginFacts | undefined;
  /** Of a segment that an I-frame playlist points into: its key pictures. */
  readonly iFrames?: readonly IFrameRange[] | undefined;
  /** Of a segment of a presentation whose manifests say where advertisements are: the messages of SCTE 35 that came within it. */
  readonly splices?: readonly SpliceMessage[] | undefined;
  /** Of a file that holds the segments of a rendition: they, in order, at its end. */
  readonly segments?: readonly SegmentInFile[] | undefined;
}

/** As of an object that is a segment. */
export interface SegmentInFile {
  /** bytes */
  readonly size: number;
  readonly iFrames?: readonly IFrameRange[] | undefined;
  readonly splices?: readonly SpliceMessage[] | undefined;
}

export interface SpliceMessage {
  /** ticks of 90 kHz on the period's time line */
  readonly time: number;
  /** splice_info_section, base64 */
  readonly section: string;
}

export interface IFrameRange {
  /** ticks of the track */
  readonly time: number;
  /** bytes */
  readonly offset: number;
  readonly length: number;
}

/** RFC 9110 §8.8, as the origin sent them. */
export interface OriginFacts {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

/** Relative to the folder of the endpoint. */
export const inventoryKey = '.reelway/inventory.json';
