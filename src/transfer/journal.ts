import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import type { InventoryObject } from '../domain/inventory.js';
import type { ObjectStore, StoredObject } from '../storage/object-store.js';
import { inFolder, maxInventoryBytes, readSmallObject } from './inventory.js';
import type { Claim, JournalBatch } from './journal-schema.js';

/**
 * What lets a killed job go on where it stopped: small objects beside the endpoint while it is being made.
 *
 * - `.reelway/journal/claim.json` says whose folder this is, of which work, and every key that the work will write. Written first.
 * - `.reelway/journal/<uuid>.json` lists objects that are in place, a batch each. Objects made since the last batch are made again.
 *
 * Every batch repeats the fingerprint: those of other work are ignored. All of it is removed once the inventory stands.
 */
const journalPrefix = '.reelway/journal/';
const claimKey = `${journalPrefix}claim.json`;

/** A batch is written when so many objects wait, or when the oldest waits so long (milliseconds). What a kill costs at most. */
const batchObjects = 32;
const batchMilliseconds = 1000;
/** bytes: what all objects take in an inventory, which is checked before */
const journalObjectLimit = maxInventoryBytes;
/** Objects of the journal that are read or removed at the same time. */
const journalConcurrency = 8;

/** Where an endpoint is made. */
export interface EndpointFolder {
  readonly store: ObjectStore;
  /** Key prefix without trailing slash. */
  readonly folder: string;
}

export function isJournalKey(key: string): boolean {
  return key.startsWith(journalPrefix);
}

/** The claim on a folder, or undefined when there is none, or none of ours that can be read. */
export async function readClaim({ store, folder }: EndpointFolder): Promise<Claim | undefined> {
  const text = await readSmallObject(store, inFolder(folder, claimKey), journalObjectLimit);
  if (text === undefined) return undefined;
  const { claimSchema, parseAs } = await import('./journal-schema.js');
  return parseAs(claimSchema, text);
}

export async function writeClaim({ store, folder }: EndpointFolder, claim: Claim): Promise<void> {
  const body = Buffer.from(JSON.stringify(claim));
  await store.put(inFolder(folder, claimKey), body, { contentType: 'application/json' });
}

/** Objects that batches of the same work list. A batch that cannot be read lists nothing: its objects are made again. */
export async function readBatches(
  at: EndpointFolder,
  listing: ReadonlyMap<string, StoredObject>,
  fingerprint: string,
): Promise<InventoryObject[]> {
  const { batchSchema, parseAs } = await import('./journal-schema.js');
  const limit = pLimit(journalConcurrency);
  const keys = [...listing.keys()].filter((key) => isJournalKey(key) && key !== claimKey);
  const batches = await Promise.all(
    keys.map((key) =>
      limit(async () => {
        const text = await readSmallObject(at.store, inFolder(at.folder, key), journalObjectLimit);
        const batch = text === undefined ? undefined : parseAs(batchSchema, text);
        return batch?.fingerprint === fingerprint ? batch.objects : [];
      }),
    ),
  );
  return batches.flat();
}

/** Removes the journal: batches first, so that a half-removed one still says whose folder it is. */
export async function removeJournal({ store, folder }: EndpointFolder): Promise<void> {
  const limit = pLimit(journalConcurrency);
  const claim = inFolder(folder, claimKey);
  const batches: string[] = [];
  for await (const { key } of store.list(inFolder(folder, journalPrefix))) if (key !== claim) batches.push(key);
  await Promise.all(batches.map((key) => limit(() => store.remove(key))));
  await store.remove(claim);
}

export interface JournalWriter {
  /** Objects that are in place now; written down with the next batch. */
  record(objects: readonly InventoryObject[]): Promise<void>;
  /** Writes what waits. */
  flush(): Promise<void>;
}

export function journalWriter({ store, folder }: EndpointFolder, fingerprint: string): JournalWriter {
  let waiting: InventoryObject[] = [];
  let lastFlush = performance.now();

  async function flush(): Promise<void> {
    if (waiting.length === 0) return;
    const batch: JournalBatch = { version: 1, fingerprint, objects: waiting };
    waiting = [];
    lastFlush = performance.now();
    const key = `${journalPrefix}${randomUUID()}.json`;
    await store.put(inFolder(folder, key), Buffer.from(JSON.stringify(batch)), { contentType: 'application/json' });
  }

  return {
    flush,
    async record(objects) {
      // A whole mirror may come at once: more than fits into the arguments of a call.
      waiting = waiting.concat(objects);
      if (waiting.length >= batchObjects || performance.now() - lastFlush >= batchMilliseconds) await flush();
    },
  };
}
