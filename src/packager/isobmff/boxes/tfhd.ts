import { fullBox, u32 } from '../box.js';

const flag = {
  defaultSampleDuration: 0x08,
  defaultSampleSize: 0x10,
  defaultSampleFlags: 0x20,
  defaultBaseIsMoof: 0x02_0000,
};

/** What holds for every sample of the fragment that does not say otherwise; absent: `trun` says it for each. */
export interface SampleDefaults {
  /** ticks */
  readonly duration?: number;
  /** bytes */
  readonly size?: number;
  readonly flags?: number;
}

/** Track fragment header, ISO/IEC 14496-12 §8.8.7. */
export function tfhd(trackId: number, { duration, size, flags }: SampleDefaults): Uint8Array {
  return fullBox(
    'tfhd',
    0,
    flag.defaultBaseIsMoof |
      (duration === undefined ? 0 : flag.defaultSampleDuration) |
      (size === undefined ? 0 : flag.defaultSampleSize) |
      (flags === undefined ? 0 : flag.defaultSampleFlags),
    u32(trackId),
    ...[duration, size, flags].filter((value) => value !== undefined).map((value) => u32(value)),
  );
}
