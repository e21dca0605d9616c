import { realpath, stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { Failure } from '../domain/failure.js';
import { makeFolder } from '../make-folder.js';
import { errnoOf } from './file-errors.js';
import { removeLeftovers } from './temporary-files.js';

/** The folders of a local store: made when written to, never followed to a place outside the root through a symbolic link. */
export interface ConfinedFolders {
  /** Runs work that creates a file in the folder, which is made first; made again when somebody removed it meanwhile. */
  writing<T>(folder: string, work: () => T | Promise<T>): Promise<T>;
  /** @throws Failure storage_forbidden when the folder really lies outside; the file system's ENOENT when there is none. */
  assertInside(folder: string): Promise<void>;
  /** The same, without looking again at a folder that was written to through this store, and is checked since. */
  assertInsideOnce(folder: string): Promise<void>;
  /** The folder was removed. */
  forget(folder: string): void;
}

/** Folders known to exist; the oldest are forgotten beyond this (they are only checked again) */
const maxKnownFolders = 10_000;

export function confinedFolders(root: string): ConfinedFolders {
  // Settled promises are not kept: each would hold what the job that made it has at hand.
  const known = new Set<string>();
  const making = new Map<string, Promise<void>>();

  async function assertInside(folder: string): Promise<void> {
    const [realRoot, realFolder] = await Promise.all([realpath(root), realpath(folder)]);
    // A link to another place within the root would make one object appear under two keys, so no link is followed at all.
    if (realFolder !== resolve(realRoot, relative(root, folder))) {
      throw new Failure(
        'storage_forbidden',
        `The folder ${folder} leads to ${realFolder} through a symbolic link; links inside the storage folder are not followed.`,
        { details: { folder } },
      );
    }
  }

  async function make(folder: string): Promise<void> {
    await makeFolder(folder).catch(async (error: unknown) => {
      if (errnoOf(error) !== 'EEXIST' && errnoOf(error) !== 'ENOTDIR') throw error;
      const rootIsFolder = await stat(root).then(
        (facts) => facts.isDirectory(),
        () => false,
      );
      if (!rootIsFolder) throw new Failure('storage_forbidden', `The storage folder ${root} is not a folder.`);
      throw Object.assign(error as Error, { code: 'ENOTDIR' }); // EEXIST is said when the last part is a file
    });
    await assertInside(folder);
    await removeLeftovers(folder);
  }

  async function ensure(folder: string): Promise<void> {
    if (known.has(folder)) return;
    const before = making.get(folder);
    if (before) return before;
    const made = make(folder).finally(() => making.delete(folder));
    making.set(folder, made);
    await made;
    for (const oldest of known) {
      if (known.size < maxKnownFolders) break;
      known.delete(oldest);
    }
    known.add(folder);
  }

  return {
    assertInside,
    assertInsideOnce: async (folder) => {
      if (!known.has(folder)) await assertInside(folder);
    },
    forget: (folder) => void known.delete(folder),
    async writing(folder, work) {
      for (let attempt = 1; ; attempt++) {
        try {
          await ensure(folder);
          return await work();
        } catch (error) {
          known.delete(folder);
          // A concurrent remove() of the folder's last object took the folder away meanwhile, or one above it.
          if (errnoOf(error) !== 'ENOENT' || attempt === 20) throw error;
        }
      }
    },
  };
}
