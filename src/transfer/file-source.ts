import { closeSync, constants, fstatSync, openSync, read as readAt } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Failure } from '../domain/failure.js';
import type { ReadOptions, SourceRange, SourceReader } from '../packager/model/source-reader.js';
import { leavesItsFolder, otherKind } from './confinement.js';
import { endsEarly, fileFailure, tooLarge } from './source-failure.js';

const readBytes = promisify(readAt);

/** A link is not followed when a file is opened, and a pipe in a file's place is not waited for. */
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Folders whose real place is remembered; the oldest are forgotten beyond this (they are only looked up again). */
const maxKnownFolders = 1000;

/**
 * Reads a source of local files: URIs are paths or `file://`. Only the entry's folder and what is below it can be read, whichever way
 * symbolic links lead (the entry itself may be one: who named it meant it). Where a folder really lies is found out once.
 *
 * Opening, looking at and closing a file are calls of a few microseconds, made in the calling thread, since a trip to the thread pool costs
 * ten times as much processor time; bytes are read in the pool, beside this thread.
 * @param entry the path or `file://` URL of what is to be packaged
 */
export function fileSource(entry: string): SourceReader {
  const entryPath = pathOf(entry, entry);
  const realFolders = new Map<string, Promise<string>>();
  let roots: Promise<readonly string[]> | undefined;

  async function findRoots(): Promise<readonly string[]> {
    return [await realpath(dirname(entryPath)), dirname(await realpath(entryPath))];
  }

  async function checkInside(real: string, uri: string): Promise<string> {
    if ((await (roots ??= findRoots())).some((root) => isWithin(real, root))) return real;
    throw leavesItsFolder(uri, dirname(entryPath));
  }

  function realFolder(folder: string): Promise<string> {
    const known = realFolders.get(folder);
    if (known) return known;
    const found = realpath(folder);
    if (realFolders.size >= maxKnownFolders) realFolders.delete(realFolders.keys().next().value ?? '');
    realFolders.set(folder, found);
    found.catch(() => realFolders.delete(folder));
    return found;
  }

  /** @returns a file descriptor */
  async function openInside(uri: string): Promise<number> {
    const path = pathOf(uri, entry);
    // Before the file system is asked, so that an answer does not tell whether a file elsewhere exists.
    if (!isWithin(path, dirname(entryPath))) throw leavesItsFolder(uri, dirname(entryPath));
    const inside = await checkInside(resolve(await realFolder(dirname(path)), basename(path)), uri);
    try {
      return openSync(inside, openFlags);
    } catch (error) {
      if (!isLink(error)) throw error;
      return openSync(await checkInside(await realpath(path), uri), openFlags);
    }
  }

  async function withFile<T>(uri: string, use: (file: number, size: number) => Promise<T>): Promise<T> {
    try {
      const file = await openInside(uri);
      try {
        const facts = fstatSync(file);
        if (!facts.isFile()) throw new Failure('source_invalid', `The source ${uri} is not a regular file.`);
        return await use(file, facts.size);
      } finally {
        closeSync(file);
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

    readSome: ({ uri }, offset, length, { signal, into } = {}) =>
      withFile(uri, (file, size) =>
        fill(file, uri, { offset, target: room(Math.max(0, Math.min(length, size - offset)), into) }, signal),
      ),

    size: ({ uri }) => withFile(uri, (_file, size) => Promise.resolve(size)),
  };
}

/** What open(2) says of a symbolic link under O_NOFOLLOW: ELOOP on Linux and macOS, EMLINK on FreeBSD. */
function isLink(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ELOOP' || error.code === 'EMLINK');
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

/** No Buffer: a view of one costs several times as much, and code that has seen both is slower for both. */
function room(length: number, into?: Uint8Array): Uint8Array {
  if (into && into.byteLength >= length) return into.subarray(0, length);
  const memory = Buffer.allocUnsafe(length); // not filled with zeros
  return new Uint8Array(memory.buffer, memory.byteOffset, length);
}

async function fill(
  file: number,
  uri: string,
  { offset, target }: { offset: number; target: Uint8Array },
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  let filled = 0;
  while (filled < target.byteLength) {
    signal?.throwIfAborted();
    const { bytesRead } = await readBytes(file, target, filled, target.byteLength - filled, offset + filled);
    if (bytesRead === 0) throw new Failure('source_changed', `The source ${uri} became shorter while it was read.`);
    filled += bytesRead;
  }
  return target;
}
