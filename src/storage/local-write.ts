import { writev } from 'node:fs';
import { promisify } from 'node:util';
import type { ObjectBody } from './object-store.js';

const writeViews = promisify(writev);

/** bytes of a stream that are written at once; while they are, the next ones are gathered, so a stream holds twice as many in memory */
const batchSize = 1024 * 1024;

/** Writes a body to an open file. A gather list goes down in one `writev`, a stream in batches. */
export async function writeBody(file: number, body: ObjectBody, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  if (body instanceof Uint8Array) return writeAll(file, [body]);
  if (isGatherList(body)) return writeAll(file, body);
  let batch: Uint8Array[] = [];
  let filled = 0;
  let writing = Promise.resolve();
  try {
    for await (const piece of body) {
      signal?.throwIfAborted();
      batch.push(piece);
      filled += piece.byteLength;
      if (filled < batchSize) continue;
      await writing;
      writing = writeAll(file, batch);
      writing.catch(() => undefined); // thrown where it is waited for
      batch = [];
      filled = 0;
    }
    await writing;
    await writeAll(file, batch);
  } finally {
    // The file is closed next: nothing may be written to its number after that.
    await writing.catch(() => undefined);
  }
}

function isGatherList(body: ObjectBody): body is readonly Uint8Array[] {
  return Array.isArray(body);
}

/** writev(2) may write less than asked, e.g. shortly before the disk is full; the next call then says why. */
async function writeAll(file: number, views: readonly Uint8Array[]): Promise<void> {
  let rest = views.filter((view) => view.byteLength > 0);
  while (rest.length > 0) {
    const { bytesWritten } = await writeViews(file, rest);
    rest = dropBytes(rest, bytesWritten);
  }
}

/** The views without their first `count` bytes. */
function dropBytes(views: Uint8Array[], count: number): Uint8Array[] {
  for (const [index, view] of views.entries()) {
    if (count < view.byteLength) return [view.subarray(count), ...views.slice(index + 1)];
    count -= view.byteLength;
  }
  return [];
}
