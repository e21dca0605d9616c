import { Failure } from '../domain/failure.js';
import type { SourceReader } from '../packager/model/source-reader.js';
import type { GetOptions, ObjectRead, ObjectStore } from '../storage/object-store.js';
import { leavesItsFolder, otherKind } from './confinement.js';
import { endsEarly, storeFailure, tooLarge } from './source-failure.js';

/**
 * Reads a source that lies in a bucket: URIs are `s3://bucket/key`, percent-encoded as URLs are. Only the entry's folder and what is below
 * it can be read.
 * @param bucket opens the bucket of an `s3://` address, as a store without a prefix
 */
export function storeSource(entry: string, bucket: (name: string) => ObjectStore): SourceReader {
  const home = parse(entry, entry);
  const folder = home.key.slice(0, home.key.lastIndexOf('/') + 1);
  const store = bucket(home.bucket);

  function keyOf(uri: string): string {
    const { bucket: name, key } = parse(uri, entry);
    if (name !== home.bucket || !key.startsWith(folder)) throw leavesItsFolder(uri, `s3://${home.bucket}/${folder}`);
    return key;
  }

  async function get(uri: string, options: GetOptions): Promise<ObjectRead> {
    try {
      return await store.get(keyOf(uri), options);
    } catch (error) {
      throw storeFailure(error, uri);
    }
  }

  async function size(uri: string): Promise<number> {
    const key = keyOf(uri);
    try {
      const object = await store.head(key);
      if (object) return object.size;
    } catch (error) {
      throw storeFailure(error, uri);
    }
    throw new Failure('source_not_found', `There is no object ${uri}.`, { details: { uri } });
  }

  return {
    size: ({ uri }) => size(uri),

    async read({ uri, offset = 0, length }, { limit = Infinity, signal, into } = {}) {
      if (length === 0) return new Uint8Array(0);
      const end = length === undefined ? undefined : offset + length - 1;
      const range =
        offset === 0 && end === undefined ? undefined : { start: offset, ...(end !== undefined && { end }) };
      if (length !== undefined && length > limit) throw tooLarge(uri, limit, length);
      const object = await get(uri, { ...(range && { range }), ...(signal && { signal }) });
      if (object.length > limit) throw tooLarge(uri, limit, object.length);
      if (length !== undefined && object.length < length) throw endsEarly(uri, offset + length, object.size);
      return fill(object, uri, into);
    },

    async readSome({ uri }, offset, length, { signal, into } = {}) {
      if (length === 0) return new Uint8Array(0);
      try {
        const range = { start: offset, end: offset + length - 1 };
        return await fill(await get(uri, { range, ...(signal && { signal }) }), uri, into);
      } catch (error) {
        // A range that begins at the end or behind it: nothing is there.
        if (error instanceof Failure && error.code === 'source_invalid' && (await size(uri)) <= offset)
          return new Uint8Array(0);
        throw error;
      }
    },
  };
}

function parse(uri: string, source: string): { bucket: string; key: string } {
  if (!/^s3:\/\//i.test(uri) || !URL.canParse(uri)) throw otherKind(uri, source);
  const { host, pathname } = new URL(uri);
  try {
    return { bucket: host, key: decodeURIComponent(pathname.slice(1)) };
  } catch (error) {
    throw new Failure('url_refused', `The address ${uri} is not percent-encoded as URLs are.`, {
      details: { uri },
      cause: error,
    });
  }
}

async function fill(object: ObjectRead, uri: string, into?: Uint8Array): Promise<Uint8Array> {
  const target =
    into && into.byteLength >= object.length ? into.subarray(0, object.length) : Buffer.allocUnsafe(object.length);
  let filled = 0;
  try {
    for await (const piece of object.body) {
      target.set(piece, filled);
      filled += piece.byteLength;
    }
  } catch (error) {
    throw storeFailure(error, uri);
  }
  if (filled !== target.byteLength)
    throw new Failure('source_unavailable', `${uri} gave ${filled} bytes instead of ${target.byteLength}.`, {
      details: { uri },
    });
  return target;
}
