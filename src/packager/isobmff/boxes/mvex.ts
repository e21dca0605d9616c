import { box, fullBox, u32 } from '../box.js';

/** Movie extends, ISO/IEC 14496-12 §8.8.1 and §8.8.3: samples follow in fragments, which state their own defaults. */
export function mvex(trackId: number): Uint8Array {
  return box(
    'mvex',
    fullBox(
      'trex',
      0,
      0,
      u32(trackId),
      u32(1), // sample description index
      u32(0), // sample duration
      u32(0), // sample size
      u32(0), // sample flags
    ),
  );
}
