import { verifyObjects } from '../inventory.js';
import { ownFolder, type MirrorFolder } from './destination.js';
import { standingResult, type HarvestResult } from './harvest-result.js';
import { provenanceOf } from './provenance.js';

export interface MirrorSought extends Pick<MirrorFolder, 'at' | 'subject'> {
  /** Only one that a harvest of this address would leave as it is; absent: whatever address it came from. */
  readonly url?: string;
}

/**
 * Was a mirror of the subject complete here once? Reads its inventory alone.
 * @throws Failure destination_occupied when the folder is somebody else's; inventory_damaged
 */
export async function hasStood({ at, subject }: Pick<MirrorFolder, 'at' | 'subject'>): Promise<boolean> {
  const { inventory } = await ownFolder({ at, subject });
  return inventory?.harvest !== undefined;
}

/**
 * A mirror of the subject that is whole, every object verified; undefined when there is none, or not all of it. Asks nothing of an origin.
 * @throws Failure destination_occupied when the folder is somebody else's; inventory_damaged
 */
export async function standingMirror(
  { at, subject, url }: MirrorSought,
  signal?: AbortSignal,
): Promise<HarvestResult | undefined> {
  const { inventory, listing, hasJournal } = await ownFolder({ at, subject });
  // Without an origin it is no mirror, but what our own packager made.
  if (!inventory?.harvest) return undefined;
  if (url !== undefined) {
    const { source, query } = provenanceOf(url);
    // Another query may be another token or another presentation: the manifests tell. A journal is left for the harvest to remove.
    if (inventory.harvest.source !== source || inventory.harvest.query !== query || hasJournal) return undefined;
  }
  const { complete } = await verifyObjects({ ...at, listing }, inventory.objects, {
    deep: true,
    ...(signal && { signal }),
  });
  return complete ? standingResult(inventory, at.folder) : undefined;
}
