import type { SourceReader } from '../../src/packager/model/source-reader.js';

/** A source of resources in memory, for sources that no tool writes. Missing ones are an error that names them, as adapters do. */
export function memorySource(
  resources: Readonly<Record<string, Uint8Array | string>>,
): SourceReader & { readonly largestRead: number } {
  let largestRead = 0;
  const open = (uri: string) => {
    const found = resources[uri];
    if (found === undefined) throw new Error(`not found: ${uri}`);
    return typeof found === 'string' ? new TextEncoder().encode(found) : found;
  };
  const part = (uri: string, offset: number, length: number) => {
    // A copy in a Buffer that shares its memory with others, as files are read: what we do must not depend on it being our own.
    const bytes = open(uri).subarray(offset, offset + length);
    largestRead = Math.max(largestRead, bytes.length);
    const copy = Buffer.allocUnsafe(bytes.length);
    copy.set(bytes);
    return copy;
  };
  return {
    read: ({ uri, offset = 0, length }, { limit = Infinity } = {}) =>
      attempt(() => {
        const size = open(uri).length;
        const wanted = length ?? size - offset;
        if (wanted > limit) throw new Error(`${uri} is larger than ${limit} bytes`);
        if (offset + wanted > size) throw new Error(`${uri} ends early`);
        return part(uri, offset, wanted);
      }),
    readSome: ({ uri }, offset, length) => attempt(() => part(uri, offset, length)),
    size: ({ uri }) => attempt(() => open(uri).length),
    get largestRead() {
      return largestRead;
    },
  };
}

async function attempt<T>(work: () => T): Promise<T> {
  return Promise.resolve().then(work);
}
