import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Digest } from '../storage/object-store.js';

/** CRC-32 (ISO 3309) over a gather list, chained: nothing is joined or copied. */
export function crc32Digest(parts: Iterable<Uint8Array>): Digest {
  let value = 0;
  for (const part of parts) value = crc32(part, value);
  return crc32Text(value);
}

/** The digest of a body by the same algorithm as `like`, so that the two can be compared. Reads the body to its end. */
export async function digestLike(like: Digest, body: AsyncIterable<Uint8Array>): Promise<Digest> {
  return like.startsWith('crc32:') ? crc32Of(body) : sha256Of(body);
}

async function crc32Of(body: AsyncIterable<Uint8Array>): Promise<Digest> {
  let value = 0;
  for await (const part of body) value = crc32(part, value);
  return crc32Text(value);
}

async function sha256Of(body: AsyncIterable<Uint8Array>): Promise<Digest> {
  const hash: Hash = createHash('sha256');
  for await (const part of body) hash.update(part);
  return `sha256:${hash.digest('hex')}`;
}

function crc32Text(value: number): Digest {
  return `crc32:${value.toString(16).padStart(8, '0')}`;
}
