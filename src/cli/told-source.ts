import type { ObjectStore, StoredObject } from '../storage/object-store.js';
import { namesOthers, type ReadReferences } from './watched-references.js';
import { assetIdOf, foldersOf, isEntry, versionOf, type WatchedSource } from './watched-sources.js';

export interface ToldLook {
  readonly store: ObjectStore;
  readonly references: ReadReferences;
  readonly elsewhere: NamedElsewhere;
  /** milliseconds that nothing of a source must have changed */
  readonly settledMs: number;
  /** milliseconds since 1970 */
  readonly now: number;
}

/**
 * What sources name that does not lie below them (`../high/index.m3u8`), each with the key of what names it: no listing of its own folders shows
 * that it is a rendition. Known as long as the process runs.
 */
type NamedElsewhere = Map<string, string>;

/** of these; those that were told of longest ago are forgotten */
const maxElsewhere = 100_000;

/** `restMs`: how many milliseconds are missing to its rest. */
export type ToldSource = { readonly source: WatchedSource } | { readonly restMs: number };

/**
 * One object of a bucket, of which something told. Of the bucket as much is listed as is needed, however large it is: folders that it lies in,
 * where what names it lies, and those of what it names.
 * @returns undefined when it is no source, or gone
 */
export async function toldSource(key: string, look: ToldLook): Promise<ToldSource | undefined> {
  const { store, references, settledMs, now } = look;
  const folders = foldersOf(key);
  for (const folder of folders) if (await isOurs(store, folder)) return undefined;
  const beside: StoredObject[] = [];
  let entry: StoredObject | undefined;
  for (const folder of folders)
    for await (const object of store.list(folder, { shallow: true })) {
      if (object.key === key) entry = object;
      else if (namesOthers(object.key)) beside.push(object);
    }
  if (!entry) return undefined;
  for (const named of (await references(beside)).values()) if (named.includes(key)) return undefined;
  if (await isNamedElsewhere(key, look)) return undefined;

  const { version, changed } = versionOf(key, await partsOf(entry, look), now);
  const restMs = settledMs - (now - changed);
  return restMs > 0 ? { restMs } : { source: { key, assetId: assetIdOf(key, version) } };
}

/** An endpoint's folder, also of an unfinished one. */
async function isOurs(store: ObjectStore, folder: string): Promise<boolean> {
  const { done } = await store.list(`${folder}.reelway/`)[Symbol.asyncIterator]().next();
  return done !== true;
}

/** The entry, what it names, and so on, as far as it is there. */
async function partsOf(entry: StoredObject, { store, references, elsewhere }: ToldLook): Promise<StoredObject[]> {
  const parts = new Map([[entry.key, entry]]);
  for (let fresh = [entry]; fresh.length > 0;) {
    const naming = await references(fresh);
    for (const [by, keys] of naming) remember(elsewhere, by, keys);
    const named = [...naming.values()].flat().filter((key) => !parts.has(key));
    fresh = await found(store, new Set(named));
    for (const part of fresh) parts.set(part.key, part);
  }
  return [...parts.values()];
}

function remember(elsewhere: NamedElsewhere, by: string, keys: readonly string[]): void {
  const [folder = ''] = foldersOf(by);
  for (const key of keys) if (isEntry(key) && !key.startsWith(folder)) elsewhere.set(key, by);
  for (const oldest of elsewhere.keys()) {
    if (elsewhere.size <= maxElsewhere) break;
    elsewhere.delete(oldest);
  }
}

/** Does what named it still do so? */
async function isNamedElsewhere(key: string, { store, references, elsewhere }: ToldLook): Promise<boolean> {
  const by = elsewhere.get(key);
  if (by === undefined) return false;
  const naming = await references(await found(store, new Set([by])));
  return naming.get(by)?.includes(key) ?? false;
}

async function found(store: ObjectStore, keys: ReadonlySet<string>): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  const folders = new Set([...keys].map((key) => key.slice(0, key.lastIndexOf('/') + 1)));
  for (const folder of folders)
    for await (const object of store.list(folder, { shallow: true })) if (keys.has(object.key)) objects.push(object);
  return objects;
}
