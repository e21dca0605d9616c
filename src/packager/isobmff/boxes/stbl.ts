import { box, fullBox, u32 } from '../box.js';

/** Sample table without samples, ISO/IEC 14496-12 §8.5.1: all samples are in fragments. */
export function emptyStbl(sampleEntry: Uint8Array): Uint8Array {
  const noEntries = u32(0);
  return box(
    'stbl',
    fullBox('stsd', 0, 0, u32(1) /* entry count */, sampleEntry),
    fullBox('stts', 0, 0, noEntries),
    fullBox('stsc', 0, 0, noEntries),
    fullBox('stsz', 0, 0, u32(0) /* size of all samples: not one */, noEntries),
    fullBox('stco', 0, 0, noEntries),
  );
}
