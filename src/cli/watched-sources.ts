import { createHash } from 'node:crypto';
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
 */
export function watching(settledMs: number, references: ReadReferences): Watching {
  /** by key, of what was there at the last look */
  let seen = new Map<string, { version: string; since: number; given: boolean }>();
  return {
    async look(objects, now) {
      const sources: WatchedSource[] = [];
      const found = await versionsOf(objects, references, now);
      seen = new Map(
        found.map(({ key, version, changed }) => {
          const before = seen.get(key);
          if (before?.version === version) return [key, before];
          // What has been written long ago need not be waited for again after a restart.
          return [key, { version, since: Math.min(now, changed), given: false }];
        }),
      );
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

async function versionsOf(
  objects: readonly StoredObject[],
  references: ReadReferences,
  now: number,
): Promise<SourceVersion[]> {
  const present = withoutOurs(objects);
  const naming = await references(present.values());
  const named = new Set([...naming.values()].flat());
  const entries = [...present.values()].filter(({ key }) => isEntry(key) && !named.has(key));
  return entries.map((entry) => versionOf(entry.key, partsOf(entry, { present, naming }), now));
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
