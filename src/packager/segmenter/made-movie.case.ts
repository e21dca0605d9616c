import type { MadeSample, MadeTrack } from '../../../test/support/mp4-writer.js';
import { concat, u32 } from '../isobmff/box.js';

/** A NAL unit of so many bytes with its length before it. */
export const picture = (size: number, fill: number) => concat(u32(size), new Uint8Array(size).fill(fill));
export const frames = (count: number, of: (index: number) => Partial<MadeSample>): MadeSample[] =>
  Array.from({ length: count }, (_, index) => ({ data: picture(20, index % 200), duration: 512, ...of(index) }));

/** 25 fps, a key frame every second. */
export const video = (change: Partial<MadeTrack> = {}): MadeTrack => ({
  ...{ id: 1, kind: 'video', timescale: 12_800, samples: frames(250, (index) => ({ sync: index % 25 === 0 })) },
  ...change,
});
export const audio = (change: Partial<MadeTrack> = {}): MadeTrack => ({
  ...{
    id: 2,
    kind: 'audio',
    timescale: 48_000,
    samples: frames(470, () => ({ data: new Uint8Array(10), duration: 1024 })),
  },
  ...change,
});
