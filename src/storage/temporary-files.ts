import { createHash, randomBytes } from 'node:crypto';
import { lstat, readdir, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { temporaryPrefix } from './keys.js';

/**
 * Unfinished files of the local store: `.reelway-tmp-<machine>-<process id>-<random>`, in the folder where the object will be, so that
 * the final rename stays within one folder. A process that is killed leaves them behind; the name says whose they were, so the next
 * writer or lister of that folder can tell a leftover from the work of a living process, and removes it.
 */

/** milliseconds; leftovers of other machines (shared folders) are removed when nothing was written to them for so long */
const foreignLeftoverAge = 24 * 3600_000;

const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const ownPrefix = `${temporaryPrefix}${machine}-${process.pid}-`;

/** Of this thread; with a counter, because random bytes for every file cost more than making it. */
const threadName = randomBytes(8).toString('hex');
let lastNumber = 0;

/** A path for an unfinished file in the folder, not used by anybody else. */
export function temporaryPath(folder: string): string {
  lastNumber += 1;
  return join(folder, `${ownPrefix}${threadName}-${lastNumber.toString(36)}`);
}

export function isTemporary(name: string): boolean {
  return name.startsWith(temporaryPrefix);
}

/** Removes the leftovers of dead processes from one folder. Never fails: what cannot be removed now is met again later. */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter(isTemporary)) await removeIfLeftover(folder, name);
}

/** Removes one unfinished file if the process that wrote it is gone. */
export async function removeIfLeftover(folder: string, name: string): Promise<void> {
  if (name.startsWith(ownPrefix)) return;
  const [, writer, pid] = /^([0-9a-f]{8})-(\d+)-/.exec(name.slice(temporaryPrefix.length)) ?? [];
  const path = join(folder, name);
  const dead = writer === machine && !isRunning(Number(pid));
  if (dead || (await isOld(path))) await unlink(path).catch(() => undefined);
}

async function isOld(path: string): Promise<boolean> {
  const facts = await lstat(path).catch(() => undefined);
  return facts !== undefined && Date.now() - facts.mtimeMs > foreignLeftoverAge;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0); // signal 0: only asks
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
