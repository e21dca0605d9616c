import type { ObjectStore } from './object-store.js';

/**
 * Unfinished files of processes that were killed, in folders that nobody writes to any more (a job that was taken over ended there): listing
 * a local folder removes them, so all are listed.
 */
export async function removeAllLeftovers(store: Pick<ObjectStore, 'list'>, signal: AbortSignal): Promise<void> {
  const objects = store.list('')[Symbol.asyncIterator]();
  while (!(await objects.next()).done) signal.throwIfAborted();
}
