import { fullBox, u32 } from '../box.js';

/** Movie fragment header, ISO/IEC 14496-12 §8.8.5. */
export function mfhd(sequenceNumber: number): Uint8Array {
  return fullBox('mfhd', 0, 0, u32(sequenceNumber));
}
