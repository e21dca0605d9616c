import { type Key, keyFormatOf } from '../../manifest/hls/media-playlist.js';
import { PackagerError } from '../errors.js';
import type { SegmentEncryption } from '../model/source-reader.js';

/** What EXT-X-KEYs say, where they apply. */
export interface KeyPlace {
  readonly keys: readonly Key[];
  /** Media sequence number, the IV where none is written; undefined: of EXT-X-MAP, which needs one. */
  readonly sequence: number | undefined;
  /** What is encrypted as one: a resource, or a range of it. */
  readonly byteRange: { readonly offset: number; readonly length: number } | undefined;
  /** A URI reference of the playlist as an address. */
  readonly address: (reference: string) => string;
}

/**
 * EXT-X-KEY, RFC 8216bis §4.4.4.4: AES-128 with a key that is a plain resource (KEYFORMAT `identity`).
 * @throws PackagerError source_encrypted for anything else, by name; source_invalid
 */
export function segmentEncryption({ keys, sequence, byteRange, address }: KeyPlace): SegmentEncryption {
  const key = keys.find((each) => each.method === 'AES-128' && keyFormatOf(each) === 'identity');
  if (!key) {
    const given = keys.map(({ method, keyFormat }) => method + (keyFormat === undefined ? '' : ` (${keyFormat})`));
    throw new PackagerError(
      'source_encrypted',
      `EXT-X-KEY with METHOD ${given.join(', ')}; only AES-128 with KEYFORMAT "identity" can be read, and clear sources`,
    );
  }
  return {
    method: 'AES-128',
    key: address(key.uri),
    iv: key.iv === undefined ? sequenceIv(sequence) : writtenIv(key.iv),
    offset: byteRange?.offset ?? 0,
    ...(byteRange && { length: byteRange.length }),
  };
}

const ivDigits = 32;

function writtenIv(iv: string): string {
  const digits = /^0x([0-9a-f]{1,32})$/i.exec(iv)?.[1];
  if (digits !== undefined) return digits.padStart(ivDigits, '0').toLowerCase();
  throw new PackagerError(
    'source_invalid',
    `EXT-X-KEY: IV must be 0x and 32 hexadecimal digits; given: ${iv.slice(0, 60)}`,
  );
}

function sequenceIv(sequence: number | undefined): string {
  if (sequence !== undefined) return sequence.toString(16).padStart(ivDigits, '0');
  throw new PackagerError('source_invalid', 'EXT-X-KEY that applies to EXT-X-MAP needs an IV (RFC 8216bis §4.4.4.5)');
}
