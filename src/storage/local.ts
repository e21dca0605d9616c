import { fstatSync, fsync, type BigIntStats } from 'node:fs';
import { copyFile, lstat, rmdir, unlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../domain/failure.js';
import { immediateCalls, pooledCalls, type FileCalls } from './file-calls.js';
import { errnoOf, fileFailure } from './file-errors.js';
import { checkKey, checkPrefix } from './keys.js';
import { confinedFolders, type ConfinedFolders } from './local-folders.js';
import { listObjects } from './local-list.js';
import { readObject } from './local-read.js';
import { storedFile } from './local-stat.js';
import { writeBody } from './local-write.js';
import type {
  GetOptions,
  ListOptions,
  ObjectBody,
  ObjectRead,
  ObjectStore,
  PutOptions,
  StoredObject,
} from './object-store.js';
import { temporaryPath } from './temporary-files.js';

const sync = promisify(fsync);

export interface LocalStoreOptions {
  /** Made when first written to; may itself be a symbolic link, but no link inside it is followed. */
  readonly folder: string;
  /**
   * The thread does nothing but package: files are opened, named and closed in it rather than in the thread pool (`file-calls.ts`). Not
   * where requests are served, which a file system that does not answer would hold up. Bytes are written in the pool either way.
   */
  readonly dedicated?: boolean;
}

/**
 * Objects as files of a folder. An object is written beside its place and renamed into it, so that no reader sees a part of it, whatever
 * kills the process. The media type is told from the key's extension (a `contentType` given to `put` is not kept).
 *
 * Power loss: what is `durable` is fsynced, and its folder. Segments and manifests are not, which would bind packaging to the speed of the disk: one
 * that is missing or short is found by comparing the inventory's sizes, and made again.
 */
export function localStore({ folder, dedicated = false }: LocalStoreOptions): ObjectStore {
  const calls = dedicated ? immediateCalls : pooledCalls;
  const root = resolve(folder);
  const location = `file:${root}`;
  const folders = confinedFolders(root);
  const at = (key: string): string => resolve(root, checkKey(key));

  async function reading<T>(action: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw fileFailure(error, 'reading', `${action} in ${location}`);
    }
  }

  async function writing<T>(action: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw fileFailure(error, 'writing', `${action} in ${location}`);
    }
  }

  /** Facts of an object; a folder, a link or another special file is none. */
  async function factsOf(key: string): Promise<StoredObject> {
    const path = at(key);
    await folders.assertInside(dirname(path));
    return factsAt(key, path);
  }

  async function factsAt(key: string, path: string): Promise<StoredObject> {
    const facts = await calls.facts(path);
    if (!facts.isFile()) throw new Failure('not_found', `There is no object "${key}" in ${location}.`);
    return storedFile(key, facts);
  }

  return {
    location,

    async put(key: string, body: ObjectBody, options: PutOptions = {}): Promise<StoredObject> {
      const path = at(key);
      return writing(`store "${key}"`, async () =>
        storedFile(key, await putFile({ folders, calls }, path, body, options)),
      );
    },

    async get(key: string, options: GetOptions = {}): Promise<ObjectRead> {
      const path = at(key);
      return reading(`read "${key}"`, async () => {
        await folders.assertInside(dirname(path));
        return readObject(key, path, options);
      });
    },

    async head(key: string): Promise<StoredObject | undefined> {
      try {
        return await reading(`look at "${key}"`, () => factsOf(key));
      } catch (error) {
        if (error instanceof Failure && error.code === 'not_found') return undefined;
        throw error;
      }
    },

    async *list(prefix: string, options: ListOptions = {}): AsyncIterable<StoredObject> {
      checkPrefix(prefix);
      try {
        yield* listObjects(root, prefix, folders, options);
      } catch (error) {
        throw fileFailure(error, 'reading', `list "${prefix}" in ${location}`);
      }
    },

    async remove(key: string): Promise<void> {
      const path = at(key);
      await writing(`remove "${key}"`, () => removeFile(folders, root, path));
    },

    async copy(from: string, to: string): Promise<StoredObject> {
      const [source, target] = [at(from), at(to)];
      const found = await reading(`copy "${from}"`, async () => {
        await folders.assertInsideOnce(dirname(source));
        return factsAt(from, source);
      });
      if (source === target) return found;
      await writing(`copy "${from}" to "${to}"`, () =>
        folders.writing(dirname(target), () => linkFile(calls, source, target)),
      );
      return reading(`look at "${to}"`, () => factsAt(to, target));
    },

    /** Leftovers are removed where a folder is listed. */
    async tidy(signal?: AbortSignal): Promise<void> {
      await reading('tidy up', async () => {
        const objects = listObjects(root, '', folders)[Symbol.asyncIterator]();
        while (!(await objects.next()).done) signal?.throwIfAborted();
      });
    },

    async signedUrl(key: string): Promise<undefined> {
      checkKey(key);
      return Promise.resolve(undefined);
    },
  };
}

interface Placing {
  readonly folders: ConfinedFolders;
  readonly calls: FileCalls;
}

/** open, writev, close, rename: nothing more on the way of a segment. */
async function putFile(
  { folders, calls }: Placing,
  path: string,
  body: ObjectBody,
  { durable = false, signal }: PutOptions,
): Promise<BigIntStats> {
  const folder = dirname(path);
  const temporary = temporaryPath(folder);
  const file = await folders.writing(folder, () => calls.open(temporary, 'wx', 0o666));
  try {
    const facts = await closing(calls, file, async () => {
      await writeBody(file, body, signal);
      if (durable) await sync(file);
      return fstatSync(file, { bigint: true }); // microseconds; a trip to the thread pool costs more
    });
    await calls.rename(temporary, path);
    if (durable) await syncFolder(calls, folder);
    return facts;
  } catch (error) {
    await ignoringErrors(() => calls.unlink(temporary));
    throw error;
  }
}

async function closing<T>(calls: FileCalls, file: number, work: () => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await ignoringErrors(() => calls.close(file));
    throw error;
  }
  await calls.close(file); // some network file systems report a full disk only here
  return result;
}

async function syncFolder(calls: FileCalls, folder: string): Promise<void> {
  const file = await calls.open(folder, 'r', 0);
  await closing(calls, file, () => sync(file));
}

/** Errors that say "no hard link here" (other device, file system without links, too many links): the bytes are copied instead. */
const noLink = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** A link appears whole under its name; where the name is taken, it is made under another one and renamed over it. */
async function linkFile(calls: FileCalls, source: string, target: string): Promise<void> {
  try {
    return await calls.link(source, target);
  } catch (error) {
    const errno = errnoOf(error) ?? '';
    if (errno !== 'EEXIST' && !noLink.has(errno)) throw error;
  }
  const temporary = temporaryPath(dirname(target));
  try {
    await linkOrCopy(calls, source, temporary);
    await calls.rename(temporary, target);
  } finally {
    // rename(2) leaves the temporary name when both names are the same file already
    await ignoringErrors(() => calls.unlink(temporary));
  }
}

async function linkOrCopy(calls: FileCalls, source: string, target: string): Promise<void> {
  try {
    await calls.link(source, target);
  } catch (error) {
    if (!noLink.has(errnoOf(error) ?? '')) throw error;
    await copyFile(source, target);
  }
}

async function ignoringErrors(work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch {
    // what is being reported already matters more
  }
}

/** Removes the file and then every folder above it that this left empty, up to the root. */
async function removeFile(folders: ConfinedFolders, root: string, path: string): Promise<void> {
  try {
    await folders.assertInside(dirname(path));
    if ((await lstat(path)).isDirectory()) return; // a folder is not an object
    await unlink(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return;
    throw error;
  }
  for (let folder = dirname(path); folder.length > root.length; folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return; // not empty, or somebody else was faster
    }
    folders.forget(folder);
  }
}
