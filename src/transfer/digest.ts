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

/** The digest of what is joined, of the digests of its pieces in order, by CRC-32: no byte is read. @throws Error for other digests */
export function crc32OfJoined(pieces: readonly { readonly digest: Digest; readonly size: number }[]): Digest {
  return crc32Text(pieces.reduce((crc, { digest, size }) => (shifted(crc, size) ^ crc32Value(digest)) >>> 0, 0));
}

function crc32Value(digest: Digest): number {
  const [, hexadecimal] = /^crc32:([0-9a-f]{8})$/.exec(digest) ?? [];
  if (hexadecimal === undefined) throw new Error(`a CRC-32 is needed; given: ${digest}`);
  return parseInt(hexadecimal, 16);
}

/** The polynomial of ISO 3309, and 1: the bit of x^0 is the highest. */
const polynomial = 0xedb8_8320;
const one = 0x8000_0000;

/** What is left of a checksum after so many bytes of zero: its product with x^(8 size), modulo the polynomial. */
function shifted(crc: number, size: number): number {
  let result = crc;
  let power = 0x0080_0000; // x^8
  for (let left = size; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = product(result, power);
    power = product(power, power);
  }
  return result;
}

function product(a: number, b: number): number {
  let result = 0;
  let [bit, rest] = [one, b];
  for (; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) result ^= rest;
    rest = (rest & 1) === 1 ? (rest >>> 1) ^ polynomial : rest >>> 1;
  }
  return result >>> 0;
}

/** `crc32:` and 8 hexadecimal digits. */
export function crc32Text(value: number): Digest {
  return `crc32:${value.toString(16).padStart(8, '0')}`;
}
