import { verifyObjects } from '../inventory.js';
import { ownFolder, type MirrorFolder } from './destination.js';
import { standingResult, type HarvestResult } from './harvest-result.js';

/**
 * A mirror of the subject that is whole, every object verified, whatever address it came from; undefined when there is none, or not all of it.
 * @throws Failure destination_occupied when the folder is somebody else's; inventory_damaged
 */
export async function standingMirror(
  { at, subject }: Pick<MirrorFolder, 'at' | 'subject'>,
  signal?: AbortSignal,
): Promise<HarvestResult | undefined> {
  const { inventory, listing } = await ownFolder({ at, subject });
  // Without an origin it is no mirror, but what our own packager made.
  if (!inventory?.harvest) return undefined;
  const { complete } = await verifyObjects({ ...at, listing }, inventory.objects, {
    deep: true,
    ...(signal && { signal }),
  });
  return complete ? standingResult(inventory, at.folder) : undefined;
}
