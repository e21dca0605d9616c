import { box, fullBox, u32 } from '../box.js';

const mediaInSameFile = 0x1;

/** Where the media data is, ISO/IEC 14496-12 §8.7.1: in this file. */
export function dinf(): Uint8Array {
  return box('dinf', fullBox('dref', 0, 0, u32(1) /* entry count */, fullBox('url ', 0, mediaInSameFile)));
}
