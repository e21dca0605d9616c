import { createHash } from 'node:crypto';
import type { StoredObject } from '../storage/object-store.js';

/** A source that lies in a watched place and is at rest. */
export interface WatchedSource {
  /** of its entry: a playlist, a SMIL file or an MP4 */
  readonly key: string;
  /** Stands for the key and for what was found there: another version of the source is another asset. */
  readonly assetId: string;
}

/** Text of a playlist or SMIL file; undefined when it cannot be read now, and the next look tries again. */
export type ReadText = (object: StoredObject) => Promise<string | undefined>;

/** bytes; a larger playlist or SMIL file is none that names renditions */
export const longestEntry = 1024 * 1024;

/** How long each source has been as it is, over the looks of one process. */
export interface Watching {
  /**
   * Takes what lies there now. @returns sources that have not changed for as long as was asked, each version once
   * @param now milliseconds since 1970
   */
  look(objects: readonly StoredObject[], read: ReadText, now: number): Promise<WatchedSource[]>;
}

/**
 * Finds sources: `.smil`, `.m3u8` and `.mp4` that no other playlist or SMIL file names, so that renditions do not become assets of their own.
 * A playlist or SMIL file is at rest when nothing in its folder or below it changes. What Reelway itself has made is no source.
 * @param settledMs milliseconds that a source must have been at rest
 */
export function watching(settledMs: number): Watching {
  /** version and when it was first seen, by key */
  const seen = new Map<string, { version: string; since: number }>();
  const given = new Set<string>();
  return {
    async look(objects, read, now) {
      const sources: WatchedSource[] = [];
      for (const { key, version, changed } of await candidates(objects, read, now)) {
        const before = seen.get(key);
        // What has been written long ago need not be waited for again after a restart.
        const since = before?.version === version ? before.since : Math.min(now, changed);
        seen.set(key, { version, since });
        if (now - since < settledMs || given.has(version)) continue;
        given.add(version);
        sources.push({ key, assetId: assetIdOf(key, version) });
      }
      return sources;
    },
  };
}

interface LookOptions {
  readonly read: ReadText;
  readonly settledMs: number;
  /** milliseconds since 1970 */
  readonly now: number;
}

/**
 * One source alone, of which something told. @returns it, when it is one and at rest; else how many milliseconds are missing to its rest: 0 when
 * it is no source, or gone
 */
export async function lookOnce(
  key: string,
  objects: readonly StoredObject[],
  { read, settledMs, now }: LookOptions,
): Promise<{ readonly source?: WatchedSource; readonly restMs: number }> {
  const found = (await candidates(objects, read, now)).find((candidate) => candidate.key === key);
  if (!found) return { restMs: 0 };
  const restMs = Math.max(0, settledMs - (now - found.changed));
  return restMs > 0 ? { restMs } : { source: { key, assetId: assetIdOf(key, found.version) }, restMs };
}

interface Candidate {
  readonly key: string;
  readonly version: string;
  /** milliseconds since 1970: when the last of its parts was written */
  readonly changed: number;
}

async function candidates(objects: readonly StoredObject[], read: ReadText, now: number): Promise<Candidate[]> {
  const ours = foldersOfOurs(objects);
  const present = objects.filter(({ key }) => !ours.some((folder) => key.startsWith(folder)));
  const named = await namedByOthers(present, read);
  return present
    .filter(({ key }) => isEntry(key) && !named.has(key))
    .map(({ key }) => {
      const parts = /\.mp4$/i.test(key) ? present.filter((each) => each.key === key) : below(folderOf(key), present);
      const changed = Math.max(0, ...parts.map(({ lastModified }) => lastModified?.getTime() ?? now));
      return { key, version: versionOf(key, parts), changed };
    });
}

/** Is it what a source may begin with, by its name? */
export function isEntry(key: string): boolean {
  return entryPattern.test(key);
}

const entryPattern = /\.(m3u8|smil|mp4)$/i;

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}

function below(folder: string, objects: readonly StoredObject[]): readonly StoredObject[] {
  return objects.filter(({ key }) => key.startsWith(folder));
}

/** Folders of endpoints, also of unfinished ones: otherwise what is made of a source would be the next source. */
function foldersOfOurs(objects: readonly StoredObject[]): string[] {
  return objects.flatMap(({ key }) => {
    const end = key.indexOf('.reelway/');
    return end >= 0 && (end === 0 || key[end - 1] === '/') ? [key.slice(0, end)] : [];
  });
}

async function namedByOthers(objects: readonly StoredObject[], read: ReadText): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  for (const object of objects) {
    if (!/\.(m3u8|smil)$/i.test(object.key) || object.size > longestEntry) continue;
    const text = await read(object);
    if (text === undefined) continue;
    for (const reference of /\.smil$/i.test(object.key) ? quoted(text) : [...plainLines(text), ...quoted(text)]) {
      const url = new URL(`https://watched/${object.key.split('/').map(encodeURIComponent).join('/')}`);
      if (!URL.canParse(reference, url.href)) continue;
      const key = decoded(new URL(reference, url.href).pathname.slice(1));
      if (key !== object.key) named.add(key);
    }
  }
  return named;
}

function plainLines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
}

/** Values of attributes, in playlists and in XML; those that are no addresses name no object that is there. */
function quoted(text: string): string[] {
  return [...text.matchAll(/=\s{0,9}["']([^"'\n]{1,1000})["']/g)].map(([, value = '']) => value);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function versionOf(key: string, parts: readonly StoredObject[]): string {
  const facts = parts
    .map((part) =>
      [part.key, part.size, part.etag ?? '', part.etag ? 0 : (part.lastModified?.getTime() ?? 0)].join('\n'),
    )
    .sort();
  return createHash('sha256')
    .update([key, ...facts].join('\0'))
    .digest('hex');
}

/** Readable, within the rule for ids of assets, and never the same for two sources. */
function assetIdOf(key: string, version: string): string {
  const name = key.replace(/\.[a-z0-9]{1,4}$/i, '').replace(/[^A-Za-z0-9_-]{1,200}/g, '-');
  return `${name.slice(-180).replace(/^-/, '')}-${version.slice(0, 12)}`;
}
