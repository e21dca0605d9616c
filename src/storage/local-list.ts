import type { Dirent } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errnoOf } from './file-errors.js';
import type { ConfinedFolders } from './local-folders.js';
import { storedFile } from './local-stat.js';
import type { ListOptions, StoredObject } from './object-store.js';
import { isTemporary, removeIfLeftover } from './temporary-files.js';

/** Files whose facts are fetched together; also what is held in memory of a big folder */
const batchSize = 64;

/**
 * Every file under `prefix`, folder by folder, without holding a folder's names in memory. Symbolic links and other special files are
 * no objects. Leftovers of killed writers are removed as they are met.
 */
export async function* listObjects(
  root: string,
  prefix: string,
  folders: ConfinedFolders,
  { shallow = false }: ListOptions = {},
): AsyncGenerator<StoredObject> {
  const waiting = [prefix];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const folder = resolve(root, at);
    let batch: string[] = [];
    for await (const entry of entriesOf(folder, folders)) {
      if (entry.isDirectory()) {
        if (!shallow) waiting.push(`${at}${entry.name}/`);
      } else if (isTemporary(entry.name)) await removeIfLeftover(folder, entry.name);
      else if (entry.isFile()) batch.push(at + entry.name);
      if (batch.length < batchSize) continue;
      yield* await factsOf(root, batch);
      batch = [];
    }
    yield* await factsOf(root, batch);
  }
}

async function* entriesOf(folder: string, folders: ConfinedFolders): AsyncGenerator<Dirent> {
  try {
    await folders.assertInside(folder);
    yield* await opendir(folder, { bufferSize: 256 });
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ENOTDIR') throw error;
  }
}

async function factsOf(root: string, keys: readonly string[]): Promise<StoredObject[]> {
  const found = await Promise.all(
    keys.map(async (key) => {
      try {
        return storedFile(key, await lstat(join(root, key), { bigint: true }));
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return undefined; // removed since the folder was read
        throw error;
      }
    }),
  );
  return found.filter((object) => object !== undefined);
}
