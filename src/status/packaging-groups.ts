import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identifierSchema } from '../domain/asset.js';
import { Failure } from '../domain/failure.js';
import { parsePackagingGroup, type PackagingGroup } from '../domain/packaging-configuration.js';

/** The local packaging groups: a JSON file each, `<data folder>/packaging-groups/<id>.json`, which people may edit. */
export interface PackagingGroupFolder {
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

export function packagingGroups(folder: string): PackagingGroupFolder {
  const pathOf = (id: string): string => join(folder, `${id}.json`);

  return {
    async list() {
      const names = await readdir(folder).catch(ignoreMissing);
      return (names ?? [])
        .filter((name) => name.endsWith('.json'))
        .map((name) => name.slice(0, -'.json'.length))
        .filter((id) => identifierSchema.safeParse(id).success)
        .sort();
    },

    async find(id) {
      if (!identifierSchema.safeParse(id).success) return undefined;
      const text = await readFile(pathOf(id), 'utf8').catch(ignoreMissing);
      if (text === undefined) return undefined;
      const file = parseJson(text, pathOf(id));
      return { group: named(parsePackagingGroup(file), id), file };
    },

    async save(id, file) {
      if (!identifierSchema.safeParse(id).success)
        throw new Failure('configuration_invalid', `The group id may hold letters, digits, _ and -; given: ${id}`);
      const group = named(parsePackagingGroup(file), id);
      await mkdir(folder, { recursive: true });
      const draft = join(folder, `.${id}.${process.pid}.tmp`);
      try {
        await writeFile(draft, `${JSON.stringify(file, undefined, 2)}\n`);
        await rename(draft, pathOf(id));
      } finally {
        await rm(draft, { force: true });
      }
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

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failure('configuration_invalid', `${path} is no JSON: ${(error as Error).message}`, { cause: error });
  }
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  return undefined;
}
