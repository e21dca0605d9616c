import { randomBytes } from 'node:crypto';
import { chmod, link, open, readFile, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../domain/failure.js';
import { makeFolder } from '../make-folder.js';
import { isAlive, ownIdentity, type ProcessIdentity } from '../process-identity.js';

/**
 * The exclusive lock of a data folder: the embedded database has one owner and PGlite does not look for itself
 * (a second process would open the same files, and both would go their own way).
 *
 * `<data folder>/lock/owner.<generation>.json` names the owner; the highest generation counts. A lock is taken by creating
 * the next generation with `link`, which appears with its content or not at all, and of which one contender only succeeds.
 * The highest generation is never removed, so nobody can remove a lock that somebody else has just taken over:
 * the usual race of "stale, so delete it and make mine".
 */
export interface DataFolderLock {
  readonly dataFolder: string;
  readonly identity: ProcessIdentity;
  /** Lets the next process in. Safe to call twice. */
  readonly release: () => Promise<void>;
}

export interface LockOptions {
  /** Called when the lock was lost: only after this process was frozen on one machine while another took over. The process must stop. */
  readonly onLost?: (failure: Failure) => void;
  /** milliseconds between signs of life in the lock file; default 2000 */
  readonly heartbeatMs?: number;
  /** An owner in another container or machine is dead when it gave no sign of life this long; default 15000 ms */
  readonly foreignOwnerTimeoutMs?: number;
}

interface Owner extends ProcessIdentity {
  /** absent while it is held */
  readonly releasedAt?: string;
}

const ownerName = /^owner\.(\d+)\.json$/;
/** Old generations that stay, so that a contender who read the folder long ago still collides with a taken number. */
const generationsKept = 8;

/**
 * Takes the lock, making the folder when it is missing.
 * @throws Failure `data_folder_in_use` naming the process that holds it; `invalid_settings` when the folder cannot be written.
 */
export async function lockDataFolder(dataFolder: string, options: LockOptions = {}): Promise<DataFolderLock> {
  const folder = lockFolder(dataFolder);
  await makeWritableFolder(folder, dataFolder);
  for (;;) {
    const current = await readOwner(dataFolder);
    if (current && (await isHeld(dataFolder, current, options))) throw inUse(dataFolder, current.owner);
    const generation = (current?.generation ?? 0) + 1;
    if (await claim(folder, generation)) {
      await removeOldGenerations(folder, generation);
      return held({ dataFolder, folder, generation, options });
    }
  }
}

/** The live owner of the folder's lock, if any; used by commands that want to talk to it. Looks at processes of this machine only. */
export async function lockOwner(dataFolder: string): Promise<ProcessIdentity | undefined> {
  const current = await readOwner(dataFolder);
  return current && !current.owner.releasedAt && isAlive(current.owner) !== 'dead' ? current.owner : undefined;
}

/** Where the lock lives and its owner publishes how to reach it. */
export function lockFolder(dataFolder: string): string {
  return path.join(dataFolder, 'lock');
}

function ownerFile(folder: string, generation: number): string {
  return path.join(folder, `owner.${generation}.json`);
}

async function makeWritableFolder(folder: string, dataFolder: string): Promise<void> {
  try {
    await makeFolder(folder, 0o700);
    await chmod(folder, 0o700);
  } catch (error) {
    throw new Failure(
      'invalid_settings',
      `REELWAY_DATA_DIR ${dataFolder} cannot be written: ${(error as Error).message}`,
      {
        details: { setting: 'REELWAY_DATA_DIR', given: dataFolder },
      },
    );
  }
}

async function readOwner(dataFolder: string): Promise<{ generation: number; owner: Owner } | undefined> {
  for (;;) {
    const names = await readdir(lockFolder(dataFolder)).catch((error: unknown) => unreadable(dataFolder, error));
    const generation = Math.max(0, ...(names ?? []).map((name) => Number(ownerName.exec(name)?.[1] ?? 0)));
    if (generation === 0) return undefined;
    const text = await readFile(ownerFile(lockFolder(dataFolder), generation), 'utf8').catch(ignoreMissing);
    // Missing by now: newer generations have come and this one was cleared away; look again.
    if (text !== undefined) return { generation, owner: JSON.parse(text) as Owner };
  }
}

async function isHeld(
  dataFolder: string,
  { generation, owner }: { generation: number; owner: Owner },
  { foreignOwnerTimeoutMs = 15_000 }: LockOptions,
): Promise<boolean> {
  if (owner.releasedAt) return false;
  const life = isAlive(owner);
  if (life !== 'unknown') return life === 'alive';
  // Another container or machine: its process number says nothing here, so watch for a sign of life. Clocks are not compared.
  const file = ownerFile(lockFolder(dataFolder), generation);
  const before = await stat(file).catch(ignoreMissing);
  const deadline = Date.now() + foreignOwnerTimeoutMs;
  while (Date.now() < deadline) {
    await sleep(Math.min(250, foreignOwnerTimeoutMs));
    const now = await stat(file).catch(ignoreMissing);
    if (now?.mtimeMs !== before?.mtimeMs) return (await readOwner(dataFolder))?.owner.releasedAt === undefined;
  }
  return false;
}

/** true when this process now owns the generation and nobody a higher one. */
async function claim(folder: string, generation: number): Promise<boolean> {
  const draft = path.join(folder, `claim.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
  await writeDurably(draft, ownIdentity());
  try {
    await link(draft, ownerFile(folder, generation));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const highest = Math.max(...(await readdir(folder)).map((name) => Number(ownerName.exec(name)?.[1] ?? 0)));
  if (highest === generation) return true;
  await rm(ownerFile(folder, generation), { force: true });
  return false;
}

async function writeDurably(file: string, owner: Owner): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(owner));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeOldGenerations(folder: string, generation: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const old = ownerName.exec(name)?.[1];
    if (old !== undefined && Number(old) <= generation - generationsKept)
      await rm(path.join(folder, name), { force: true });
  }
}

function held(lock: { dataFolder: string; folder: string; generation: number; options: LockOptions }): DataFolderLock {
  const { dataFolder, folder, generation, options } = lock;
  const file = ownerFile(folder, generation);
  let released: Promise<void> | undefined;

  const heartbeat = setInterval(() => void beat(), options.heartbeatMs ?? 2000).unref();
  async function beat(): Promise<void> {
    const current = await readOwner(dataFolder).catch(() => undefined);
    if (released) return;
    if (current && current.generation !== generation) {
      clearInterval(heartbeat);
      options.onLost?.(inUse(dataFolder, current.owner));
      return;
    }
    const now = new Date();
    await utimes(file, now, now).catch(() => undefined);
  }

  async function release(): Promise<void> {
    clearInterval(heartbeat);
    const draft = path.join(folder, `release.${process.pid}.tmp`);
    await writeDurably(draft, { ...ownIdentity(), releasedAt: new Date().toISOString() });
    await rename(draft, file);
  }
  return { dataFolder, identity: ownIdentity(), release: () => (released ??= release()) };
}

function inUse(dataFolder: string, { pid }: ProcessIdentity): Failure {
  return new Failure('data_folder_in_use', `The data folder ${dataFolder} is in use by process ${pid}.`, {
    details: { setting: 'REELWAY_DATA_DIR', given: dataFolder, pid },
  });
}

/** @throws Failure invalid_settings where the folder is there, and not for this user */
function unreadable(dataFolder: string, error: unknown): undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  if (!['EACCES', 'EPERM', 'ENOTDIR'].includes(code ?? '')) return ignoreMissing(error);
  const why =
    code === 'ENOTDIR'
      ? 'is no folder'
      : 'is not for this user: run the command as the user that the server runs as (`runuser -u reelway -- ...`)';
  throw new Failure('invalid_settings', `REELWAY_DATA_DIR ${dataFolder} ${why}: ${message}.`, {
    details: { setting: 'REELWAY_DATA_DIR', given: dataFolder },
    cause: error,
  });
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  return undefined;
}
