import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.js';
import type { PackagingGroupStore } from './packaging-group-store.js';

/** A JSON file each, `<folder>/<id>.json`, which people may edit. */
export function packagingGroupFolder(folder: string): PackagingGroupStore {
  const placeOf = (id: string): string => join(folder, `${id}.json`);
  return {
    placeOf,

    async ids() {
      const names = await readdir(folder).catch(ignoreMissing);
      return (names ?? []).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
    },

    read: (id) => readFile(placeOf(id), 'utf8').catch(ignoreMissing),

    async write(id, text) {
      await makeFolder(folder);
      const draft = join(folder, `.${id}.${process.pid}.tmp`);
      try {
        await writeFile(draft, text);
        await rename(draft, placeOf(id));
      } finally {
        await rm(draft, { force: true });
      }
    },
  };
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  return undefined;
}
