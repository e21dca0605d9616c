import { createHash, randomBytes } from 'node:crypto';
import { lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ownIdentity, runningAs, type ProcessIdentity } from '../process-identity.js';
import { temporaryPrefix } from './keys.js';

/**
 * Unfinished files of the local store: `.reelway-tmp-<machine>-<process id>-<its start>-<random>`, in the folder where the object will be, so that
 * the final rename stays within one folder. A process that is killed leaves them behind; the name says whose they were, so the next
 * writer or lister of that folder can tell a leftover from the work of a living process, and removes it. Process ids alone do not tell: a container
 * that is started again mostly has the one that it had before.
 */

/** milliseconds; leftovers of other machines (shared folders) are removed when nothing was written to them for so long */
const foreignLeftoverAge = 24 * 3600_000;

const shortHash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8);
const ownerOf = ({ space, pid, started }: ProcessIdentity) => `${shortHash(space)}-${pid}-${shortHash(started)}`;

const own = ownIdentity();
const ownPrefix = `${temporaryPrefix}${ownerOf(own)}-`;

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
  const path = join(folder, name);
  if (isOfDead(name.slice(temporaryPrefix.length)) || (await isOld(path))) await unlink(path).catch(() => undefined);
}

/** Of a process of this machine or container that runs no more; of others nobody here can tell. */
function isOfDead(name: string): boolean {
  const [owner, machine, pid] = /^([0-9a-f]{8})-(\d+)-[0-9a-f]{8}(?=-)/.exec(name) ?? [];
  if (machine !== shortHash(own.space)) return false;
  const running = runningAs(Number(pid));
  return !running || ownerOf(running) !== owner;
}

async function isOld(path: string): Promise<boolean> {
  const facts = await lstat(path).catch(() => undefined);
  return facts !== undefined && Date.now() - facts.mtimeMs > foreignLeftoverAge;
}
