import { lstat, open, realpath, type FileHandle } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '../domain/failure.js';
import type { ReadOptions, SourceRange, SourceReader } from '../packager/model/source-reader.js';
import { leavesItsFolder, otherKind } from './confinement.js';
import { endsEarly, fileFailure, tooLarge } from './source-failure.js';

/**
 * Reads a source of local files: URIs are paths or `file://`. Only the entry's folder and what is below it can be read, whichever way
 * symbolic links lead (the entry itself may be one: who named it meant it).
 * @param entry the path or `file://` URL of what is to be packaged
 */
export function fileSource(entry: string): SourceReader {
  const entryPath = pathOf(entry, entry);
  let roots: Promise<readonly string[]> | undefined;

  async function findRoots(): Promise<readonly string[]> {
    return [await realpath(dirname(entryPath)), dirname(await realpath(entryPath))];
  }

  async function locate(uri: string): Promise<string> {
    const path = pathOf(uri, entry);
    // Before the file system is asked, so that an answer does not tell whether a file elsewhere exists.
    if (!isWithin(path, dirname(entryPath))) throw leavesItsFolder(uri, dirname(entryPath));
    const real = await realpath(path);
    if (!(await (roots ??= findRoots())).some((root) => isWithin(real, root))) {
      throw leavesItsFolder(uri, dirname(entryPath));
    }
    return real;
  }

  async function withFile<T>(uri: string, use: (file: FileHandle, size: number) => Promise<T>): Promise<T> {
    try {
      const path = await locate(uri);
      if (!(await lstat(path)).isFile())
        throw new Failure('source_invalid', `The source ${uri} is not a regular file.`);
      const file = await open(path, 'r');
      try {
        return await use(file, (await file.stat()).size);
      } finally {
        await file.close();
      }
    } catch (error) {
      throw fileFailure(error, uri);
    }
  }

  return {
    read: ({ uri, offset = 0, length }: SourceRange, { limit = Infinity, signal, into }: ReadOptions = {}) =>
      withFile(uri, async (file, size) => {
        const wanted = length ?? Math.max(0, size - offset);
        if (wanted > limit) throw tooLarge(uri, limit, wanted);
        if (offset + wanted > size) throw endsEarly(uri, offset + wanted, size);
        return fill(file, uri, { offset, target: room(wanted, into) }, signal);
      }),

    readSome: (uri, offset, length, signal) =>
      withFile(uri, (file, size) =>
        fill(file, uri, { offset, target: room(Math.max(0, Math.min(length, size - offset))) }, signal),
      ),

    size: (uri) => withFile(uri, (_file, size) => Promise.resolve(size)),
  };
}

/** @throws Failure url_refused when the URI is no path or file URL */
function pathOf(uri: string, source: string): string {
  if (!/^[a-z][a-z0-9+.-]+:/i.test(uri)) return resolve(uri);
  if (!/^file:/i.test(uri)) throw otherKind(uri, source);
  try {
    return fileURLToPath(uri); // refuses a host, and slashes in disguise (%2f)
  } catch (error) {
    throw new Failure('url_refused', `The file address ${uri} is not usable.`, { details: { uri }, cause: error });
  }
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
}

function room(length: number, into?: Uint8Array): Uint8Array {
  return into && into.byteLength >= length ? into.subarray(0, length) : Buffer.allocUnsafe(length);
}

async function fill(
  file: FileHandle,
  uri: string,
  { offset, target }: { offset: number; target: Uint8Array },
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  let filled = 0;
  while (filled < target.byteLength) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(target, filled, target.byteLength - filled, offset + filled);
    if (bytesRead === 0) throw new Failure('source_changed', `The source ${uri} became shorter while it was read.`);
    filled += bytesRead;
  }
  return target;
}
