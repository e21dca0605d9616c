import { Failure } from '../domain/failure.js';
import type { StoredObject } from '../storage/object-store.js';
import { isJournalKey, type EndpointFolder } from './journal.js';

/** Whose folder is it to be, and what was found in it. */
export interface FolderClaim {
  readonly at: EndpointFolder;
  /** Who wants to write there. */
  readonly subject: string;
  /** Subjects of the inventory and of the journal's claim, where there are any. */
  readonly owners: readonly (string | undefined)[];
}

/**
 * A folder belongs to the subject of its inventory or claim; one with objects and neither belongs to somebody else.
 * @throws Failure destination_occupied, before anything is touched
 */
export function checkOwner({ at, subject, owners }: FolderClaim, listing: ReadonlyMap<string, StoredObject>): void {
  const known = owners.filter((owner) => owner !== undefined);
  const foreign = known.find((owner) => owner !== subject);
  const objects = [...listing.keys()].filter((key) => !isJournalKey(key));
  if (foreign === undefined && (known.length > 0 || objects.length === 0)) return;
  const where = `${at.store.location}/${at.folder}`;
  const what =
    foreign === undefined
      ? `${objects.length} object${objects.length === 1 ? '' : 's'} that Reelway did not make, such as ${objects[0]}`
      : `the endpoint "${foreign}"`;
  throw new Failure('destination_occupied', `${where} holds ${what}; "${subject}" needs a folder of its own.`, {
    details: { destination: where },
  });
}
