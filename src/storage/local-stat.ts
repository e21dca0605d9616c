import type { BigIntStats } from 'node:fs';
import { contentTypeOf } from './content-type.js';
import type { StoredObject } from './object-store.js';

/** A file's facts as an object's. The etag changes with every put, because each makes a new file: inode, time (ns) and size tell them apart. */
export function storedFile(key: string, facts: BigIntStats): StoredObject {
  return {
    key,
    size: Number(facts.size),
    etag: `"${[facts.ino, facts.mtimeNs, facts.size].map((n) => n.toString(36)).join('-')}"`,
    lastModified: facts.mtime,
    contentType: contentTypeOf(key),
  };
}
