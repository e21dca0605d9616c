import type { Inventory, InventoryObject } from '../../domain/inventory.js';
import { inFolder } from '../inventory.js';

export interface HarvestResult {
  /** `skipped`: nothing had to be written; `repaired`: damaged or missing objects of a complete mirror; `refreshed`: it had changed. */
  readonly status: 'complete' | 'skipped' | 'repaired' | 'refreshed';
  /** Key of the entry manifest in the store. */
  readonly manifest: string;
  readonly objects: number;
  readonly bytes: number;
  /** Objects and bytes that were brought over now. */
  readonly fetched: { readonly objects: number; readonly bytes: number };
  /** Keys of earlier versions that were left in place. */
  readonly former: number;
  /** Addresses that the manifest's arithmetic allows and the origin does not have. */
  readonly absent: readonly string[];
  /** milliseconds of media */
  readonly durationMs: number;
}

/** Of a mirror in which nothing had to be written. */
export function standingResult({ objects, entries, harvest }: Inventory, folder: string): HarvestResult {
  return {
    status: 'skipped',
    manifest: inFolder(folder, entries[0] ?? ''),
    objects: objects.length,
    bytes: sumOf(objects),
    fetched: { objects: 0, bytes: 0 },
    former: harvest?.former.length ?? 0,
    absent: [],
    durationMs: harvest?.durationMs ?? 0,
  };
}

export function sumOf(objects: Iterable<InventoryObject>): number {
  let bytes = 0;
  for (const { size } of objects) bytes += size;
  return bytes;
}
