import { createHash } from 'node:crypto';
import type { Failure } from '../domain/failure.js';
import type { StoredObject } from '../storage/object-store.js';
import type { ReadReferences } from './watched-references.js';

/** A source that lies in a watched place and is at rest. */
export interface WatchedSource {
  /** of its entry: a playlist, a SMIL file or an MP4 */
  readonly key: string;
  /** Stands for the key and for what was found there: another version of the source is another asset. */
  readonly assetId: string;
}

/** How long each source has been as it is, over the looks of one process. */
export interface Watching {
  /**
   * Takes what lies there now. @returns sources that have not changed for as long as was asked, each version once
   * @param now milliseconds since 1970
   */
  look(objects: readonly StoredObject[], now: number): Promise<WatchedSource[]>;
}

/**
 * Finds sources: `.smil`, `.m3u8` and `.mp4` that no other playlist or SMIL file names, so that renditions do not become assets of their own.
 * A source is its entry and what that names, and what those name in turn: it is at rest when none of them changes, whatever else lies beside
 * them. What Reelway itself has made is no source.
 * @param settledMs milliseconds that a source must have been at rest
 * @param unreadable is told at every look of what cannot be read and may name anything: what lies in its folder waits until it can
 */
export function watching(
  settledMs: number,
  references: ReadReferences,
  unreadable: (key: string, failure: Failure) => void = () => undefined,
): Watching {
  /** by key, of what was there at the last look */
  let seen = new Map<string, { version: string; since: number; given: boolean }>();
  /** milliseconds since 1970 */
  let lastLook = 0;
  return {
    async look(objects, now) {
      const sources: WatchedSource[] = [];
      const found = await versionsOf({ objects, references, unreadable, now });
      // What has been written long ago need not be waited for again after a restart. Later, what is as old as that was copied with its old times.
      const since = (changed: number): number => (changed > lastLook ? Math.min(now, changed) : now);
      seen = new Map(
        found.map(({ key, version, changed }) => {
          const before = seen.get(key);
          return [key, before?.version === version ? before : { version, since: since(changed), given: false }];
        }),
      );
      lastLook = now;
      for (const [key, state] of seen) {
        if (state.given || now - state.since < settledMs) continue;
        state.given = true;
        sources.push({ key, assetId: assetIdOf(key, state.version) });
      }
      return sources;
    },
  };
}

/** A source as it is now. */
export interface SourceVersion {
  readonly key: string;
  readonly version: string;
  /** milliseconds since 1970: when the last of its parts was written */
  readonly changed: number;
}

interface VersionsLook {
  readonly objects: readonly StoredObject[];
  readonly references: ReadReferences;
  readonly unreadable: (key: string, failure: Failure) => void;
  readonly now: number;
}

async function versionsOf({ objects, references, unreadable, now }: VersionsLook): Promise<SourceVersion[]> {
  const present = withoutOurs(objects);
  const unread = new Set<string>();
  const naming = await references(present.values(), (key, failure) => {
    unread.add(key);
    unreadable(key, failure);
  });
  const named = new Set([...naming.values()].flat());
  const closed = new Set([...unread].map((key) => foldersOf(key)[0]));
  const entries = [...present.values()].filter(
    ({ key }) => isEntry(key) && !named.has(key) && !foldersOf(key).some((folder) => closed.has(folder)),
  );
  return entries.flatMap((entry) => {
    const parts = partsOf(entry, { present, naming });
    return parts.some(({ key }) => unread.has(key)) ? [] : [versionOf(entry.key, parts, now)];
  });
}

/** Is it what a source may begin with, by its name? */
export function isEntry(key: string): boolean {
  return /\.(m3u8|smil|mp4)$/i.test(key);
}

interface Place {
  readonly present: ReadonlyMap<string, StoredObject>;
  readonly naming: ReadonlyMap<string, readonly string[]>;
}

/** The entry, what it names, and so on, as far as it is there. */
function partsOf(entry: StoredObject, { present, naming }: Place): StoredObject[] {
  const parts = new Set([entry]);
  // What is added while it is gone through is gone through, too.
  for (const { key } of parts)
    for (const reference of naming.get(key) ?? []) {
      const part = present.get(reference);
      if (part) parts.add(part);
    }
  return [...parts];
}

/** All but what lies in folders of endpoints, also of unfinished ones: otherwise what is made of a source would be the next source. */
function withoutOurs(objects: readonly StoredObject[]): Map<string, StoredObject> {
  const ours = new Set(
    objects.flatMap(({ key }) => {
      const end = `/${key}`.indexOf('/.reelway/');
      return end < 0 ? [] : [key.slice(0, end)];
    }),
  );
  const present = objects.filter(({ key }) => !foldersOf(key).some((folder) => ours.has(folder)));
  return new Map(present.map((object) => [object.key, object]));
}

/** Every folder that the key lies in, from its own to the root: `a/b/`, `a/` and an empty text. */
export function foldersOf(key: string): string[] {
  const folders: string[] = [];
  for (let end = key.lastIndexOf('/'); end >= 0; end = key.lastIndexOf('/', end - 1))
    folders.push(key.slice(0, end + 1));
  return [...folders, ''];
}

/** @param parts of the source: its entry and what that names */
export function versionOf(key: string, parts: readonly StoredObject[], now: number): SourceVersion {
  const facts = parts
    .map((part) =>
      [part.key, part.size, part.etag ?? '', part.etag ? 0 : (part.lastModified?.getTime() ?? 0)].join('\n'),
    )
    .sort();
  const version = createHash('sha256')
    .update([key, ...facts].join('\0'))
    .digest('hex');
  return { key, version, changed: Math.max(0, ...parts.map(({ lastModified }) => lastModified?.getTime() ?? now)) };
}

/** Readable, within the rule for ids of assets, and never the same for two sources. */
export function assetIdOf(key: string, version: string): string {
  const name = key.replace(/\.[a-z0-9]{1,4}$/i, '').replace(/[^A-Za-z0-9_-]{1,200}/g, '-');
  return `${name.slice(-180).replace(/^-/, '')}-${version.slice(0, 12)}`;
}
