import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../domain/failure.js';
import { makeFolder } from '../make-folder.js';
import type { Database } from './database.js';

/** milliseconds; whoever asked for a snapshot has moved it away long before */
const forgottenAfter = 3_600_000;

/**
 * Copies the embedded database, while it is used, to a new folder below the data folder, for `reelway backup` to take away.
 * @returns the folder
 * @throws Failure conflict when the database is a server's
 */
export async function takeSnapshot({ snapshot }: Pick<Database, 'snapshot'>, dataFolder: string): Promise<string> {
  if (!snapshot)
    throw new Failure(
      'conflict',
      'The database is a PostgreSQL server: pg_dump backs it up, and `reelway backup` runs it.',
    );
  const home = path.join(dataFolder, 'snapshots');
  await makeFolder(home, 0o700);
  for (const name of await readdir(home)) {
    const { mtimeMs } = await stat(path.join(home, name));
    if (Date.now() - mtimeMs > forgottenAfter) await rm(path.join(home, name), { recursive: true, force: true });
  }
  const folder = path.join(home, randomUUID());
  try {
    await snapshot(folder);
    return folder;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
