import { createHash } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { cp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { Failure } from '../domain/failure.js';
import { makeFolder } from '../make-folder.js';
import { lockDataFolder } from './data-folder-lock.js';
import { restoringFile } from './half-restored.js';

/**
 * A backup is a folder: `database/` (files of the embedded database at one instant) or `database.dump` (pg_dump, custom format), what else the data
 * folder holds that is not made again, and `backup.json`, written last, which lists every file with its size and digest. Without it there is no backup.
 */
const listName = 'backup.json';

/** Of the data folder, beside the database; whatever of it there is. */
const kept = ['packaging-groups', 'api-token.json'];

const listSchema = z.object({
  version: z.literal(1),
  /** of Reelway */
  madeBy: z.string(),
  madeAt: z.iso.datetime(),
  database: z.enum(['embedded', 'server']),
  files: z.array(z.object({ path: z.string(), size: z.int(), sha256: z.string() })),
});

export type BackupList = z.infer<typeof listSchema>;

export interface BackupOptions {
  readonly dataFolder: string;
  /** Where the backup goes: missing or empty. */
  readonly folder: string;
  readonly database: BackupList['database'];
  readonly version: string;
  /** Puts the database into the folder: files, or a dump. */
  readonly copyDatabase: (folder: string) => Promise<void>;
}

/** @throws Failure destination_occupied when the folder holds something */
export async function backUp({
  dataFolder,
  folder,
  database,
  version,
  copyDatabase,
}: BackupOptions): Promise<BackupList> {
  await makeFolder(folder, 0o700);
  if ((await readdir(folder)).length > 0)
    throw new Failure('destination_occupied', `${folder} is not empty; a backup needs a folder of its own.`);
  try {
    await copyDatabase(folder);
    for (const name of kept) await copyIfThere(path.join(dataFolder, name), path.join(folder, name));
    const files = await listFiles(folder);
    const list: BackupList = { version: 1, madeBy: version, madeAt: new Date().toISOString(), database, files };
    const draft = path.join(folder, `${listName}.tmp`);
    await writeFile(draft, JSON.stringify(list, null, 1), { mode: 0o600 });
    await syncFile(draft);
    await rename(draft, path.join(folder, listName));
    return list;
  } catch (error) {
    // It was empty: so the same command can be given again.
    for (const name of await readdir(folder)) await rm(path.join(folder, name), { recursive: true, force: true });
    throw error;
  }
}

/** Reads a backup's list and every file of it. @throws Failure backup_damaged naming what is missing or other than it was */
export async function checkBackup(folder: string): Promise<BackupList> {
  const text = await readFile(path.join(folder, listName), 'utf8').catch(() => undefined);
  if (text === undefined) throw damaged(`${folder} has no ${listName}: it is no backup, or one that was cut short`);
  const list = listSchema.safeParse(parseJson(text));
  if (!list.success) throw damaged(`${listName} of ${folder} is not one that this version of Reelway can read`);
  const there = new Map((await listFiles(folder)).map((file) => [file.path, file]));
  for (const { path: name, size, sha256 } of list.data.files) {
    const found = there.get(name);
    if (!found) throw damaged(`${name} is missing in ${folder}`);
    if (found.size !== size || found.sha256 !== sha256) throw damaged(`${name} in ${folder} is not what was backed up`);
  }
  return list.data;
}

export interface RestoreOptions {
  readonly folder: string;
  readonly list: BackupList;
  /** Missing, empty, or left by a restore that was stopped. */
  readonly dataFolder: string;
  /** Puts a dump into its database, after the data folder is known to be free. */
  readonly restoreDump?: () => Promise<void>;
}

/**
 * Puts what a checked backup holds of a data folder in its place, with the embedded database or a dump.
 * @throws Failure destination_occupied when the data folder is in use or holds something; data_folder_in_use
 */
export async function restore({ folder, list, dataFolder, restoreDump }: RestoreOptions): Promise<void> {
  const lock = await lockDataFolder(dataFolder);
  try {
    const marker = restoringFile(dataFolder);
    const there = (await readdir(dataFolder)).filter((name) => name !== 'lock');
    if (there.length > 0 && !existsSync(marker))
      throw new Failure(
        'destination_occupied',
        `The data folder ${dataFolder} is not empty; a restore needs an empty one.`,
      );
    await writeFile(marker, '');
    await restoreDump?.();
    const names = list.database === 'embedded' ? ['database', ...kept] : kept;
    for (const name of names) {
      await rm(path.join(dataFolder, name), { recursive: true, force: true });
      await copyIfThere(path.join(folder, name), path.join(dataFolder, name));
    }
    for (const { path: name } of list.files.filter(({ path: name }) => names.includes(name.split('/')[0] ?? '')))
      await syncFile(path.join(dataFolder, name));
    await rm(marker);
  } finally {
    await lock.release();
  }
}

async function copyIfThere(from: string, to: string): Promise<void> {
  if (existsSync(from)) await cp(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE });
}

/** Every file but the list, with its digest; each is on the disk when this resolves. */
async function listFiles(folder: string): Promise<BackupList['files'][number][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const listed = [];
  for (const file of files.sort()) {
    const name = path.relative(folder, file).split(path.sep).join('/');
    if (name !== listName && name !== `${listName}.tmp`) listed.push({ path: name, ...(await digest(file)) });
  }
  return listed;
}

async function digest(file: string): Promise<{ size: number; sha256: string }> {
  const handle = await open(file, 'r');
  try {
    const hash = createHash('sha256');
    let size = 0;
    for await (const piece of handle.createReadStream({ autoClose: false })) {
      hash.update(piece as Buffer);
      size += (piece as Buffer).length;
    }
    await handle.sync();
    return { size, sha256: hash.digest('hex') };
  } finally {
    await handle.close();
  }
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r');
  await handle.sync().finally(() => handle.close());
}

function damaged(reason: string): Failure {
  return new Failure('backup_damaged', `${reason}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
