import pLimit from 'p-limit';
import { toFailure, type Failure } from '../domain/failure.js';
import { checkKey } from '../storage/keys.js';
import type { StoredObject } from '../storage/object-store.js';

/** Text of a playlist or SMIL file; undefined when it is gone. */
export type ReadText = (object: StoredObject) => Promise<string | undefined>;

/**
 * Keys that playlists and SMIL files name, by the key of each that names any; other objects name nothing.
 * @param unreadable is told of what cannot be read for good, and is left out; without it the failure is thrown
 */
export type ReadReferences = (
  objects: Iterable<StoredObject>,
  unreadable?: (key: string, failure: Failure) => void,
) => Promise<ReadonlyMap<string, readonly string[]>>;

/** bytes; the packager takes no larger playlist or SMIL file either */
const longestText = 16 * 1024 * 1024;
/** texts that are read at the same time */
const atOnce = 8;
/** references of all texts that are remembered; about 100 MB */
const maxRemembered = 1_000_000;

/**
 * Reads what names others, each version of it once: a look at a place where nothing has changed reads nothing. What has not been asked for
 * longest is forgotten where there is too much.
 */
export function referenceReader(read: ReadText): ReadReferences {
  const known = new Map<string, { readonly version: string; readonly references: readonly string[] }>();
  let remembered = 0;

  function forget(key: string): void {
    remembered -= known.get(key)?.references.length ?? 0;
    known.delete(key);
  }

  async function referencesOf(object: StoredObject): Promise<readonly string[]> {
    // A backslash or a control character, say: the store reads nothing of that name.
    if (!isKey(object.key)) return [];
    const version = [object.size, object.etag ?? object.lastModified?.getTime()].join();
    const before = known.get(object.key);
    if (before?.version === version) {
      known.delete(object.key);
      known.set(object.key, before);
      return before.references;
    }
    const text = await read(object);
    // Another look finds out whether it is back.
    if (text === undefined) return [];
    const references = referencesIn(object.key, text);
    forget(object.key);
    known.set(object.key, { version, references });
    remembered += references.length;
    for (const key of known.keys()) {
      if (remembered <= maxRemembered) break;
      forget(key);
    }
    return references;
  }

  return async (objects, unreadable) => {
    const limit = pLimit(atOnce);
    const naming = [...objects].filter(({ key, size }) => namesOthers(key) && size <= longestText);
    const found = new Map<string, readonly string[]>();
    const look = async (object: StoredObject): Promise<void> => {
      try {
        found.set(object.key, await referencesOf(object));
      } catch (error) {
        const failure = toFailure(error);
        if (!unreadable || failure.kind === 'passing') throw error;
        unreadable(object.key, failure);
      }
    };
    await Promise.all(naming.map((object) => limit(() => look(object))));
    return found;
  };
}

/** Is it a playlist or a SMIL file, by its name? */
export function namesOthers(key: string): boolean {
  return /\.(m3u8|smil)$/i.test(key);
}

/** Keys of the same place, each once. */
function referencesIn(key: string, text: string): string[] {
  const base = `https://watched/${key.split('/').map(encodeURIComponent).join('/')}`;
  const references = /\.smil$/i.test(key) ? quoted(text) : [...plainLines(text), ...quoted(text)];
  const keys = references.flatMap((reference) => {
    const url = URL.canParse(reference, base) ? new URL(reference, base) : undefined;
    // What lies on another server is none of this place.
    return url?.host === 'watched' ? [decoded(url.pathname.slice(1))] : [];
  });
  return [...new Set(keys)].filter((each) => each !== key && isKey(each));
}

function isKey(text: string): boolean {
  try {
    return checkKey(text) === text;
  } catch {
    return false;
  }
}

function plainLines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
}

/** Values of attributes, in playlists and in XML; those that are no addresses name no object that is there. */
function quoted(text: string): string[] {
  return [...text.matchAll(/=\s{0,9}["']([^"'\n]{1,1000})["']/g)].map(([, value = '']) => value);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
