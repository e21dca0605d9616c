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
}

/** Relative to the folder of the endpoint. */
export const inventoryKey = '.reelway/inventory.json';
