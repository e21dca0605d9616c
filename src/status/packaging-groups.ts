import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { identifierSchema } from '../domain/asset.js';
import { Failure } from '../domain/failure.js';
import { parsePackagingGroup, type PackagingGroup } from '../domain/packaging-configuration.js';
import { packagingGroupFolder } from './packaging-group-folder.js';
import { packagingGroupTable } from './packaging-group-table.js';
import type { Tables } from './tables.js';

/** The packaging groups that requests name. */
export interface PackagingGroups {
  /** Ids in alphabetical order. */
  list(): Promise<string[]>;
  /**
   * The group, and its file as it was written.
   * @throws Failure configuration_invalid when the file is none
   */
  find(id: string): Promise<{ group: PackagingGroup; file: unknown } | undefined>;
  /**
   * Stores a group under the id; what was stored before is replaced.
   * @throws Failure configuration_invalid naming every field that is wrong
   */
  save(id: string, file: unknown): Promise<PackagingGroup>;
}

/**
 * Groups are files in `packaging-groups/` of the data folder. Beside a PostgreSQL server what is saved goes into its database: a new machine begins with
 * an empty data folder. A file counts there, too, before a row of the same id; whoever saves it changes the file, so that nothing is saved without effect.
 * @param server the tables of that server; absent: the database is embedded
 */
export function packagingGroups(dataFolder: string, server?: Kysely<Tables>): PackagingGroups {
  const files = packagingGroupFolder(join(dataFolder, 'packaging-groups'));
  const rows = server && packagingGroupTable(server);
  const stores = rows ? [files, rows] : [files];

  return {
    async list() {
      const ids = (await Promise.all(stores.map((store) => store.ids()))).flat();
      return [...new Set(ids)].filter((id) => identifierSchema.safeParse(id).success).sort();
    },

    async find(id) {
      if (!identifierSchema.safeParse(id).success) return undefined;
      for (const store of stores) {
        const text = await store.read(id);
        if (text === undefined) continue;
        const file = parseJson(text, store.placeOf(id));
        return { group: named(parsePackagingGroup(file), id), file };
      }
      return undefined;
    },

    async save(id, file) {
      if (!identifierSchema.safeParse(id).success)
        throw new Failure('configuration_invalid', `The group id may hold letters, digits, _ and -; given: ${id}`);
      const group = named(parsePackagingGroup(file), id);
      const store = rows && (await files.read(id)) === undefined ? rows : files;
      await store.write(id, `${JSON.stringify(file, undefined, 2)}\n`);
      return group;
    },
  };
}

/** The file's name is the group's id; a file that names itself otherwise was copied and not finished. */
function named(group: PackagingGroup, id: string): PackagingGroup {
  if (group.id !== undefined && group.id !== id)
    throw new Failure(
      'configuration_invalid',
      `The group is called "${id}" and its file says PackagingGroup.Id "${group.id}".`,
    );
  return { ...group, id };
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failure('configuration_invalid', `${place} is no JSON: ${(error as Error).message}`, { cause: error });
  }
}
