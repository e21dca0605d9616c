import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { Failure } from '../domain/failure.js';
import { resolveRange } from './byte-range.js';
import { fileFailure } from './file-errors.js';
import { storedFile } from './local-stat.js';
import type { GetOptions, ObjectRead } from './object-store.js';

/** bytes; larger reads gain nothing and hold more memory per reader */
const readSize = 256 * 1024;

/**
 * The facts of a file now, and its bytes when they are asked for: a body that nobody iterates holds no open file.
 * @throws the file system's error; Failure invalid_request for a range outside
 */
export async function readObject(key: string, path: string, { range, signal }: GetOptions): Promise<ObjectRead> {
  const file = await openFile(path);
  try {
    const facts = await file.stat({ bigint: true });
    if (!facts.isFile()) throw new Failure('not_found', `There is no object "${key}": a folder has that name.`);
    const object = storedFile(key, facts);
    const { start, length } = resolveRange(key, object.size, range);
    const expected = { key, path, etag: object.etag };
    return { ...object, length, body: readBytes(expected, start, length, signal) };
  } finally {
    await file.close();
  }
}

const openFile = (path: string) => open(path, constants.O_RDONLY | constants.O_NOFOLLOW);

async function* readBytes(
  expected: { key: string; path: string; etag: string | undefined },
  start: number,
  length: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (length === 0) return;
  try {
    const file = await openFile(expected.path);
    const stream = file.createReadStream({ start, end: start + length - 1, highWaterMark: readSize });
    try {
      if (storedFile(expected.key, await file.stat({ bigint: true })).etag !== expected.etag)
        throw changed(expected.key);
      let left = length;
      for await (const piece of stream as AsyncIterable<Buffer>) {
        signal?.throwIfAborted();
        left -= piece.byteLength;
        yield piece;
      }
      if (left > 0) throw changed(expected.key);
    } finally {
      stream.destroy();
    }
  } catch (error) {
    throw fileFailure(error, 'reading', `read "${expected.key}"`);
  }
}

function changed(key: string): Failure {
  return new Failure('storage_unavailable', `The object "${key}" was replaced or cut while it was read.`);
}
