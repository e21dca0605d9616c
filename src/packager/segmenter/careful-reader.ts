import type { SourceReader } from '../model/source-reader.js';

/**
 * A reader of somebody else's, which may look at no signal and mind no length: nothing is read any more once the signal is aborted, and bytes that were not
 * asked for are told of where they come from.
 */
export function carefulReader(reader: SourceReader, signal: AbortSignal | undefined): SourceReader {
  return {
    read: async (range, options) => {
      signal?.throwIfAborted();
      return reader.read(range, options);
    },
    readSome: async (resource, offset, length, options) => {
      signal?.throwIfAborted();
      const bytes = await reader.readSome(resource, offset, length, options);
      if (bytes.byteLength <= length) return bytes;
      const given = `${bytes.byteLength} bytes of ${resource.uri} from ${offset} on`;
      throw new RangeError(`the reader gave ${given}, where at most ${length} were asked for`);
    },
    size: async (resource, of) => {
      signal?.throwIfAborted();
      return reader.size(resource, of);
    },
  };
}
