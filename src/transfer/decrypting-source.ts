import { createDecipheriv } from 'node:crypto';
import { Failure } from '../domain/failure.js';
import { shownUrl } from '../net/safe-url.js';
import type { SegmentEncryption, SourceReader, SourceResource } from '../packager/model/source-reader.js';
import { endsEarly, tooLarge } from './source-failure.js';

/** bytes of a key, and of a block */
const blockBytes = 16;
/** What is read where a key should be: enough to say how large it is. */
const largestKey = 4096;
/** A source may have a key for each segment; those that were not used for long are asked for again. */
const rememberedKeys = 1000;

/** bytes of what is encrypted as one, counted from its start */
interface Ciphertext {
  readonly bytes: Uint8Array;
  readonly from: number;
  /** They are its last ones. */
  readonly last: boolean;
}

/**
 * A source whose segments may be encrypted as HLS does it with AES-128 (RFC 8216bis §4.4.4.4): CBC with PKCS#7 padding, from any block on. Keys
 * are read by the same reader, so by the same rules as segments, and are in memory alone.
 */
export function decryptingSource(reader: SourceReader): SourceReader {
  const keys = new Map<string, Promise<Uint8Array>>();

  function keyOf({ key: uri }: SegmentEncryption, segment: string): Promise<Uint8Array> {
    const key = keys.get(uri) ?? readKey(reader, uri, segment);
    keys.delete(uri);
    keys.set(uri, key); // the latest used stands last
    if (keys.size > rememberedKeys) keys.delete(keys.keys().next().value ?? uri);
    key.catch(() => keys.delete(uri)); // what failed may be tried again
    return key;
  }

  /** Deciphers from the start of a block on; of the last bytes, the padding is taken away. */
  async function decipher(resource: Encrypted, { bytes, from, last }: Ciphertext): Promise<Uint8Array> {
    const { uri, encryption } = resource;
    if (bytes.length % blockBytes !== 0) throw notWhole(resource, from + bytes.length);
    const key = await keyOf(encryption, uri);
    // The first block is deciphered with the IV, any other with the block before it.
    const iv = from === 0 ? Buffer.from(encryption.iv, 'hex') : bytes.subarray(0, blockBytes);
    const decipher = createDecipheriv('aes-128-cbc', key, iv).setAutoPadding(false);
    const plain = decipher.update(from === 0 ? bytes : bytes.subarray(blockBytes));
    return last ? withoutPadding(plain, resource) : plain;
  }

  /** Deciphered bytes from `start` on, counted from where the encryption begins: at most `length`, fewer at the end. */
  async function some(
    resource: Encrypted,
    { start, length, signal }: { start: number; length: number; signal: AbortSignal | undefined },
  ): Promise<Uint8Array> {
    const { uri, encryption } = resource;
    const block = start - (start % blockBytes);
    const from = Math.max(0, block - blockBytes);
    // A block more shows whether those that are wanted are the last.
    const end = Math.min(start + length + 2 * blockBytes, encryption.length ?? Infinity);
    const asked = end - from;
    if (asked <= 0) return new Uint8Array(0);
    const bytes = await reader.readSome({ uri }, encryption.offset + from, asked, signal && { signal });
    const last = bytes.length < asked || from + bytes.length === encryption.length;
    const whole = last ? bytes : bytes.subarray(0, bytes.length - (bytes.length % blockBytes));
    if (whole.length <= (from === 0 ? 0 : blockBytes)) return new Uint8Array(0);
    const plain = await decipher(resource, { bytes: whole, from, last });
    const skipped = start - (from === 0 ? 0 : block);
    return plain.subarray(skipped, skipped + length);
  }

  async function plainLength(resource: Encrypted, signal: AbortSignal | undefined): Promise<number> {
    const { uri, encryption } = resource;
    const { offset, length } = encryption;
    const size = length ?? (await reader.size({ uri }, signal)) - offset;
    if (size < blockBytes || size % blockBytes !== 0) throw notWhole(resource, size);
    const from = Math.max(0, size - 2 * blockBytes);
    const bytes = await reader.read({ uri, offset: offset + from, length: size - from }, signal && { signal });
    const plain = await decipher(resource, { bytes, from, last: true });
    return (from === 0 ? 0 : from + blockBytes) + plain.length;
  }

  return {
    async read(range, options = {}) {
      if (!isEncrypted(range)) return reader.read(range, options);
      const { uri, encryption } = range;
      const { offset = encryption.offset, length } = range;
      const { limit = Infinity, signal } = options;
      if (length !== undefined && length > limit) throw tooLarge(shownUrl(uri), limit, length);
      const start = offset - encryption.offset;
      if (length !== undefined) {
        const plain = await some(range, { start, length, signal });
        if (plain.length < length) throw endsEarly(shownUrl(uri), offset + length, offset + plain.length);
        return plain;
      }
      const stretch = {
        offset: encryption.offset,
        ...(encryption.length !== undefined && { length: encryption.length }),
      };
      const bytes = await reader.read(
        { uri, ...stretch },
        { limit: limit + start + blockBytes, ...(signal && { signal }) },
      );
      if (bytes.length === 0) return bytes;
      const plain = await decipher(range, { bytes, from: 0, last: true });
      if (plain.length - start > limit) throw tooLarge(shownUrl(uri), limit, plain.length - start);
      return plain.subarray(start);
    },

    async readSome(resource, offset, length, options = {}) {
      if (!isEncrypted(resource)) return reader.readSome(resource, offset, length, options);
      return some(resource, { start: offset - resource.encryption.offset, length, signal: options.signal });
    },

    async size(resource, signal) {
      if (!isEncrypted(resource)) return reader.size(resource, signal);
      return resource.encryption.offset + (await plainLength(resource, signal));
    },
  };
}

type Encrypted<Of extends SourceResource = SourceResource> = Of & { readonly encryption: SegmentEncryption };

function isEncrypted<Of extends SourceResource>(resource: Of): resource is Encrypted<Of> {
  return resource.encryption !== undefined;
}

async function readKey(reader: SourceReader, uri: string, segment: string): Promise<Uint8Array> {
  const shown = shownUrl(uri);
  const details = { key: shown, segment: shownUrl(segment) };
  let key: Uint8Array;
  try {
    key = await reader.read({ uri }, { limit: largestKey });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.code, `The key of ${details.segment} cannot be had. ${error.message}`, {
      details: { ...error.details, ...details },
      cause: error,
    });
  }
  if (key.length === blockBytes) return key;
  throw new Failure(
    'source_invalid',
    `The key of ${details.segment}, ${shown}, has ${key.length} bytes; a key of AES-128 has ${blockBytes}.`,
    { details: { ...details, allowed: blockBytes, given: key.length } },
  );
}

/** PKCS#7: as many bytes as each of them says, 1 to 16. */
function withoutPadding(plain: Uint8Array, { uri, encryption }: Encrypted): Uint8Array {
  const count = plain.at(-1) ?? 0;
  const padding = plain.subarray(plain.length - count);
  if (count >= 1 && count <= blockBytes && padding.every((byte) => byte === count))
    return plain.subarray(0, plain.length - count);
  const [shown, key] = [shownUrl(uri), shownUrl(encryption.key)];
  throw new Failure(
    'source_invalid',
    `${shown} cannot be deciphered with the key ${key}: its padding is not that of AES-128. The key or the IV is wrong, or the segment is damaged or not encrypted.`,
    { details: { url: shown, key } },
  );
}

function notWhole({ uri }: Encrypted, length: number): Failure {
  const shown = shownUrl(uri);
  return new Failure(
    'source_invalid',
    `${shown} is said to be encrypted with AES-128, and ends after ${length} bytes, inside a block of ${blockBytes}: it is cut off, or not encrypted.`,
    { details: { url: shown, given: length } },
  );
}
