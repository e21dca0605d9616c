import pLimit from 'p-limit';
import { inventoryKey, type Inventory, type InventoryObject } from '../../domain/inventory.js';
import type { StoredObject } from '../../storage/object-store.js';
import { checkOwner } from '../folder-owner.js';
import { inFolder, listFolder, readInventory, verifyObjects } from '../inventory.js';
import { isJournalKey, journalWriter, readBatches, readClaim, writeClaim, type EndpointFolder } from '../journal.js';
import type { Claim } from '../journal-schema.js';
import { placeOf } from './keys.js';

/** Whose mirror it is, and where. */
export interface MirrorFolder {
  readonly at: EndpointFolder;
  readonly subject: string;
  /** Of the entry manifest's address: objects of another presentation are not taken over. */
  readonly fingerprint: string;
}

/** What was found in the folder. Nothing has been changed. */
export interface MirrorSurvey {
  /** The folder holds a mirror that was complete once, of this presentation. */
  readonly finished: boolean;
  /** Objects that are known to be in place with the content that was harvested, by key. */
  readonly intact: ReadonlyMap<string, InventoryObject>;
  /** The manifests that what is in place was brought over for; undefined when that is not known. */
  readonly revision: string | undefined;
  /** What the keys of what is in place are appended to, to have its addresses; undefined when that is not known. */
  readonly root: string | undefined;
  /** Keys that are the subject's own, of this presentation or an earlier one. */
  readonly own: readonly string[];
  readonly inventory: Inventory | undefined;
  readonly hasJournal: boolean;
}

/** What lies in a folder that is nobody else's. */
interface OwnFolder {
  readonly listing: ReadonlyMap<string, StoredObject>;
  readonly inventory: Inventory | undefined;
  readonly claim: Claim | undefined;
  readonly hasJournal: boolean;
}

/** @throws Failure destination_occupied when the folder is somebody else's; inventory_damaged */
export async function ownFolder(folder: Pick<MirrorFolder, 'at' | 'subject'>): Promise<OwnFolder> {
  const { store } = folder.at;
  const listing = await listFolder(store, folder.at.folder);
  const inventory = listing.has(inventoryKey) ? await readInventory(store, folder.at.folder) : undefined;
  const hasJournal = [...listing.keys()].some(isJournalKey);
  const claim = hasJournal ? await readClaim(folder.at) : undefined;
  checkOwner({ ...folder, owners: [inventory?.subject, claim?.subject] }, listing);
  return { listing, inventory, claim, hasJournal };
}

/**
 * @throws Failure destination_occupied when the folder is somebody else's; inventory_damaged
 */
export async function surveyMirror(folder: MirrorFolder, signal?: AbortSignal): Promise<MirrorSurvey> {
  const { listing, inventory, claim, hasJournal } = await ownFolder(folder);
  const finished = inventory?.fingerprint === folder.fingerprint;
  const recorded = finished ? inventory.objects : await journalled(folder, claim, listing);
  const claimed = claim?.fingerprint === folder.fingerprint ? claim : undefined;
  const from = finished ? inventory.harvest : claimed;
  const { intact } = await verifyObjects({ ...folder.at, listing }, recorded, {
    deep: true,
    ...(signal && { signal }),
  });
  return {
    finished,
    intact: new Map(intact.map((object) => [object.key, object])),
    revision: from?.revision,
    root: from?.root,
    own: ownKeys(inventory, claim).filter((key) => listing.has(key)),
    inventory,
    hasJournal,
  };
}

/** A key may stand in two batches with different content (before and after a refresh): verification finds out which one is there. */
async function journalled(
  { at, fingerprint }: MirrorFolder,
  claim: Claim | undefined,
  listing: ReadonlyMap<string, StoredObject>,
): Promise<InventoryObject[]> {
  return claim?.fingerprint === fingerprint ? readBatches(at, listing, fingerprint) : [];
}

function ownKeys(inventory: Inventory | undefined, claim: Claim | undefined): string[] {
  const inventoried = inventory?.objects.map(({ key }) => key) ?? [];
  return [...new Set([...inventoried, ...(inventory?.harvest?.former ?? []), ...(claim?.keys ?? [])])];
}

export interface MirrorPlan {
  /** Every key that the work writes. */
  readonly keys: readonly string[];
  /** Stands for the manifests that it goes by. */
  readonly revision: string;
  /** What keys are appended to, to have the addresses of their objects. */
  readonly root: string;
  /** Objects in place need not be asked for again. */
  readonly trusted: boolean;
}

/** Have keys in place the addresses that they had? Else what an origin said of them, it said of something else. */
export function hasSameAddresses({ root }: Pick<MirrorSurvey, 'root'>, now: Pick<MirrorPlan, 'root'>): boolean {
  return root !== undefined && placeOf(root) === placeOf(now.root);
}

/**
 * Makes the folder ready to be written to, in an order that may stop anywhere: the claim, what is known to be intact, then the old
 * inventory goes (nothing is announced from here on). No object is removed.
 */
export async function takeMirror(folder: MirrorFolder, survey: MirrorSurvey, work: MirrorPlan): Promise<void> {
  const { subject, fingerprint, at } = folder;
  const keys = [...new Set([...work.keys, ...survey.own])];
  // What is in place and was not asked for yet may be of an earlier revision.
  const known = work.trusted || survey.intact.size === 0;
  const { revision, root } = work;
  const goesBy = { ...(known && { revision }), ...((known || hasSameAddresses(survey, work)) && { root }) };
  await writeClaim(at, { version: 1, subject, fingerprint, keys, ...goesBy });
  if (!survey.inventory) return;
  const journal = journalWriter(at, fingerprint);
  await journal.record([...survey.intact.values()]);
  await journal.flush();
  await at.store.remove(inFolder(at.folder, inventoryKey));
}

/** Objects that are removed at the same time. */
const removeConcurrency = 8;

export async function removeObjects({ store, folder }: EndpointFolder, keys: readonly string[]): Promise<void> {
  const limit = pLimit(removeConcurrency);
  await Promise.all(keys.map((key) => limit(() => store.remove(inFolder(folder, key)))));
}
