import pLimit from 'p-limit';
import { inventoryKey, type Inventory, type InventoryObject } from '../../../domain/inventory.js';
import type { StoredObject } from '../../../storage/object-store.js';
import { checkOwner } from '../../../transfer/folder-owner.js';
import { inFolder, listFolder, readInventory, verifyObjects } from '../../../transfer/inventory.js';
import {
  isJournalKey,
  journalWriter,
  readBatches,
  readClaim,
  writeClaim,
  type EndpointFolder,
} from '../../../transfer/journal.js';
import type { Claim } from '../../../transfer/journal-schema.js';

/** What is to be made in a folder. */
export interface EndpointWork {
  readonly at: EndpointFolder;
  /** Whose folder it is: asset and configuration. Another subject's folder is never touched. */
  readonly subject: string;
  /** Of source, configuration and packager: only objects of the same work are kept. */
  readonly fingerprint: string;
  /** Every key that the work writes, relative to the folder, without inventory and journal. */
  readonly keys: readonly string[];
}

/**
 * What was found in the folder:
 * - `vacant`: nothing, or nothing of this work (older work of the same subject is in `discard`).
 * - `begun`: an earlier run of this work was stopped; its journal says how far it came.
 * - `damaged`: it was complete once, and objects are damaged or missing now.
 * - `complete`: every object is there and verified.
 */
export interface Survey {
  readonly state: 'vacant' | 'begun' | 'damaged' | 'complete';
  /** Verified objects of this work, by key. */
  readonly intact: ReadonlyMap<string, InventoryObject>;
  /** The subject's own objects that do not belong to this work or are damaged. */
  readonly discard: readonly string[];
  readonly inventory: Inventory | undefined;
  readonly hasJournal: boolean;
}

/** Objects that are removed at the same time. */
const removeConcurrency = 8;

/**
 * Looks at the folder and changes nothing.
 * @throws Failure destination_occupied when it holds objects and no inventory or claim of this subject; inventory_damaged
 */
export async function surveyDestination(work: EndpointWork, signal?: AbortSignal): Promise<Survey> {
  const listing = await listFolder(work.at.store, work.at.folder);
  const inventory = listing.has(inventoryKey) ? await readInventory(work.at.store, work.at.folder) : undefined;
  const hasJournal = [...listing.keys()].some(isJournalKey);
  const claim = hasJournal ? await readClaim(work.at) : undefined;
  checkOwner({ ...work, owners: [inventory?.subject, claim?.subject] }, listing);

  const finished = inventory?.fingerprint === work.fingerprint;
  const recorded = finished ? inventory.objects : await resumableObjects(work, claim, listing);
  const options = { deep: true, ...(signal && { signal }) };
  const verified = await verifyObjects({ ...work.at, listing }, recorded, options);
  const intact = new Map(verified.intact.map((object) => [object.key, object]));
  const state = finished ? (verified.complete ? 'complete' : 'damaged') : intact.size > 0 ? 'begun' : 'vacant';
  return { state, intact, discard: ownButNot(intact, listing, inventory, claim), inventory, hasJournal };
}

async function resumableObjects(
  work: EndpointWork,
  claim: Claim | undefined,
  listing: ReadonlyMap<string, StoredObject>,
): Promise<InventoryObject[]> {
  if (claim?.fingerprint !== work.fingerprint) return [];
  // A key that stands in two batches was made twice: the later one counts, and both describe the same bytes.
  const byKey = new Map((await readBatches(work.at, listing, work.fingerprint)).map((object) => [object.key, object]));
  return [...byKey.values()];
}

function ownButNot(
  intact: ReadonlyMap<string, unknown>,
  listing: ReadonlyMap<string, StoredObject>,
  inventory: Inventory | undefined,
  claim: Claim | undefined,
): string[] {
  const own = new Set([...(inventory?.objects.map(({ key }) => key) ?? []), ...(claim?.keys ?? [])]);
  return [...own].filter((key) => listing.has(key) && !intact.has(key));
}

/**
 * Makes the folder ready for the work, in an order that may stop anywhere: the claim (so that what follows is known to be ours), what is
 * known to be intact, then the old inventory goes (nothing is announced from here on), then what it announced.
 */
export async function takePossession(work: EndpointWork, survey: Survey): Promise<void> {
  const { store, folder } = work.at;
  const keys = [...new Set([...work.keys, ...survey.discard])];
  await writeClaim(work.at, { version: 1, subject: work.subject, fingerprint: work.fingerprint, keys });
  if (survey.inventory) {
    const journal = journalWriter(work.at, work.fingerprint);
    await journal.record([...survey.intact.values()]);
    await journal.flush();
    await store.remove(inFolder(folder, inventoryKey));
  }
  const limit = pLimit(removeConcurrency);
  await Promise.all(survey.discard.map((key) => limit(() => store.remove(inFolder(folder, key)))));
}
