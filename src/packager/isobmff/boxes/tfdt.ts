import { fullBox, u64 } from '../box.js';

/** Track fragment decode time, ISO/IEC 14496-12 §8.8.12. @param time of the first sample, ticks */
export function tfdt(time: number): Uint8Array {
  return fullBox('tfdt', 1, 0, u64(time));
}
