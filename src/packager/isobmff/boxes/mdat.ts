import { ascii, concat, u32, u64 } from '../box.js';

/**
 * The header of a media data box, ISO/IEC 14496-12 §8.1.1, which the payload is to follow.
 * @param payload bytes; from 4 GiB on, the size takes 64 bits
 */
export function mdatHeader(payload: number): Uint8Array {
  if (payload + 8 < 2 ** 32) return concat(u32(payload + 8), ascii('mdat'));
  return concat(u32(1) /* the size is in 64 bits after the type */, ascii('mdat'), u64(payload + 16));
}
