import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { crc32 } from 'node:zlib';
import { indexSource } from '../../../packager/packager.js';
import type { SourceReader } from '../../../packager/model/source-reader.js';
import type { SourceIndex } from './packaging-engine.js';

/** bytes at the start of each read that the fingerprint covers: whole playlists as a rule, and the head of a segment. */
const sampledBytes = 256 * 1024;

/**
 * Indexes a source and takes the fingerprint of what was read for it: an asset that was encoded or cut anew has other heads of segments.
 * Addresses count relative to the source and without their query, so a source that moved, or is named by a freshly signed URL, stays the same.
 */
export async function indexWithFingerprint(
  reader: SourceReader,
  source: string,
  signal?: AbortSignal,
): Promise<SourceIndex> {
  const samples: string[] = [];
  const entry = plainAddress(source);
  const home = entry.slice(0, entry.lastIndexOf('/') + 1);
  const note = (uri: string, offset: number, bytes: Uint8Array): void => {
    const address = plainAddress(uri);
    const name = address.startsWith(home) ? address.slice(home.length) : address;
    samples.push(`${name} ${offset} ${bytes.byteLength} ${crc32(bytes.subarray(0, sampledBytes))}`);
  };
  const sampling: SourceReader = {
    async read(range, options) {
      const bytes = await reader.read(range, options);
      note(range.uri, range.offset ?? 0, bytes);
      return bytes;
    },
    async readSome(resource, offset, length, options) {
      const bytes = await reader.readSome(resource, offset, length, options);
      note(resource.uri, offset, bytes);
      return bytes;
    },
    size: (resource, signal) => reader.size(resource, signal),
  };
  const index = await indexSource(sampling, source, signal && { signal });
  // Reads may overlap in time: their order says nothing.
  return { index, fingerprint: createHash('sha256').update(samples.sort().join('\n')).digest('hex') };
}

/** Without query and fragment. A path and its `file:` URL are one. */
function plainAddress(uri: string): string {
  if (!/^[a-z][a-z0-9+.-]+:/i.test(uri)) return pathToFileURL(uri).href;
  return uri.replace(/[?#].*/s, '');
}
