import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Failure } from '../domain/failure.js';
import type { Digest, ObjectBody } from './object-store.js';

/** Bytes that are sent in one request, as a gather list, so that they need not be joined, and can be sent again. */
export interface Piece {
  readonly views: readonly Uint8Array[];
  /** bytes */
  readonly size: number;
}

export function isStream(body: ObjectBody): body is AsyncIterable<Uint8Array> {
  return !(body instanceof Uint8Array) && !Array.isArray(body);
}

export function pieceOf(body: Uint8Array | readonly Uint8Array[]): Piece {
  const views = (body instanceof Uint8Array ? [body] : body).filter((view) => view.byteLength > 0);
  return { views, size: views.reduce((sum, view) => sum + view.byteLength, 0) };
}

/** Cuts a stream into pieces of exactly `size` bytes, the last one shorter; always at least one. Holds one piece at a time. */
export async function* cut(
  stream: AsyncIterable<Uint8Array>,
  size: number,
  signal?: AbortSignal,
): AsyncGenerator<Piece, void> {
  let views: Uint8Array[] = [];
  let filled = 0;
  for await (const chunk of stream) {
    signal?.throwIfAborted();
    for (let at = 0; at < chunk.byteLength;) {
      if (filled === size) {
        yield { views, size };
        views = [];
        filled = 0;
      }
      const view = chunk.subarray(at, at + size - filled);
      views.push(view);
      filled += view.byteLength;
      at += view.byteLength;
    }
  }
  yield { views, size: filled };
}

/** The checksum that S3 compares on arrival, as its requests name it: base64 of the digest the caller has, else of a CRC-32 taken here. */
export function checksumOf({ views }: Piece, digest?: Digest): { ChecksumCRC32: string } | { ChecksumSHA256: string } {
  if (digest?.startsWith('sha256:')) return { ChecksumSHA256: base64(digest.slice(7)) };
  if (digest) return { ChecksumCRC32: base64(digest.slice(6)) };
  const sum = views.reduce((crc, view) => crc32(view, crc), 0);
  return { ChecksumCRC32: base64(sum.toString(16).padStart(8, '0')) };
}

const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

/** Passes a stream on and compares its digest at the end, before the last of it counts as uploaded. */
export async function* verified(stream: AsyncIterable<Uint8Array>, digest: Digest): AsyncGenerator<Uint8Array> {
  const sha256 = digest.startsWith('sha256:') ? createHash('sha256') : undefined;
  let crc = 0;
  for await (const chunk of stream) {
    if (sha256) sha256.update(chunk);
    else crc = crc32(chunk, crc);
    yield chunk;
  }
  const found = sha256 ? `sha256:${sha256.digest('hex')}` : `crc32:${crc.toString(16).padStart(8, '0')}`;
  if (found === digest) return;
  throw new Failure('storage_unavailable', `The bytes to store have the digest ${found}, ${digest} was announced.`, {
    details: { allowed: digest, given: found },
  });
}
