import { describe, expect, it } from 'vitest';
import type { BitWriter } from '../../../../test/support/bit-writer.js';
import { main10, writeHevcSps } from '../../../../test/support/h265-writer.js';
import { MalformedError } from '../../bits/malformed.js';
import { hevcCodecString } from './codec-string.js';
import { parseSps } from './sps.js';

/** BT.2020 with PQ, 4:3 samples, 50 frames per second. */
function usability(writer: BitWriter): void {
  writer.flag(true).bits(8, 14).flag(false);
  writer.flag(true).bits(3, 5).flag(true).flag(true).bits(8, 9).bits(8, 16).bits(8, 9);
  writer.flag(true).ue(2).ue(2).bits(3, 0);
  writer.flag(true).ue(0).ue(0).ue(4).ue(4);
  writer.flag(true).bits(32, 1).bits(32, 50);
}

const explicit =
  (before: readonly number[], after: readonly number[] = []) =>
  (writer: BitWriter) => {
    writer.ue(before.length).ue(after.length);
    for (const distance of [...before, ...after]) writer.ue(distance - 1).flag(true);
  };
/** Moves the set before by `delta`; keeps those of these. */
const predicted = (delta: number, keep: readonly boolean[]) => (writer: BitWriter) => {
  writer
    .flag(true)
    .flag(delta < 0)
    .ue(Math.abs(delta) - 1);
  for (const kept of keep) {
    writer.flag(kept);
    if (!kept) writer.flag(false);
  }
};
const plainly = (write: (writer: BitWriter) => void) => (writer: BitWriter) => write(writer.flag(false));

describe('parseSps of HEVC', () => {
  it.each([
    ['nothing special', {}, { width: 320, height: 192 }],
    ['cropping of 4:2:0', { width: 1920, height: 1088, crop: [0, 0, 0, 4] as const }, { width: 1920, height: 1080 }],
    ['cropping of 4:2:2', { chromaFormat: 2, crop: [1, 1, 1, 1] as const }, { width: 316, height: 190 }],
    ['cropping of 4:4:4', { chromaFormat: 3, crop: [1, 1, 1, 1] as const }, { width: 318, height: 190 }],
    ['10 bits', { bitDepth: 10 }, { bitDepthLuma: 10, bitDepthChroma: 10, orderBits: 4 }],
    ['temporal layers', { subLayers: 2, vui: usability }, { temporalLayers: 3, temporalIdNested: true }],
    [
      'scaling lists',
      { scalingLists: true, pcm: true, vui: usability },
      { vui: expect.objectContaining({}) as unknown },
    ],
  ])('reads one with %s', (_, fields, expected) => {
    expect(parseSps(writeHevcSps(fields))).toMatchObject(expected);
  });

  it.each([
    ['without reference picture sets', {}],
    ['after scaling lists and PCM', { scalingLists: true, pcm: true }],
    ['after long-term pictures', { longTermPictures: 3 }],
    ['after explicit sets', { shortTermSets: [explicit([1, 2], [1]), plainly(explicit([3]))] }],
    // -1, -3, +1 moved by -1 without the last, and the picture itself: -2, -4, -1, of which the next keeps one.
    [
      'after predicted sets',
      {
        shortTermSets: [
          explicit([1, 2], [1]),
          predicted(-1, [true, true, false, true]),
          predicted(2, [false, true, true, false]),
          plainly(explicit([1])),
        ],
      },
    ],
  ])('finds what the video is like %s', (_, fields) => {
    expect(parseSps(writeHevcSps({ ...fields, vui: usability })).vui).toEqual({
      sampleAspectRatio: [4, 3],
      colour: { primaries: 9, transfer: 16, matrix: 9, fullRange: true },
      frameRate: [50, 1],
    });
  });

  it.each([
    ['that crops all of it', { crop: [100, 60, 0, 0] as const }, 'crops the whole picture away'],
    ['of an impossible size', { width: 100_000 }, 'pic_width_in_luma_samples is 100000'],
    ['with a set of 20 pictures', { shortTermSets: [explicit(new Array<number>(20).fill(1))] }, 'set of 20 pictures'],
  ])('refuses one %s', (_, fields, message) => {
    expect(() => parseSps(writeHevcSps(fields))).toThrow(message);
  });

  it('refuses one that is cut off anywhere', () => {
    const whole = writeHevcSps({ subLayers: 1, scalingLists: true, shortTermSets: [explicit([1, 2])], vui: usability });
    for (let length = 0; length < whole.length - 2; length += 1)
      expect(() => parseSps(whole.subarray(0, length)), `${length} bytes`).toThrow(MalformedError);
  });
});

describe('hevcCodecString', () => {
  it.each([
    ['hvc1.2.4.L123.B0', main10, 'hvc1'],
    ['hev1.1.6.L93.B0', [0x01, 0x60, 0, 0, 0, 0xb0, 0, 0, 0, 0, 0, 93], 'hev1'],
    ['hvc1.1.6.H150.90', [0x21, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 150], 'hvc1'],
    ['hvc1.A4.41.L120.B0.23', [0x44, 0x82, 0, 0, 0, 0xb0, 0x23, 0, 0, 0, 0, 120], 'hvc1'],
    ['hvc1.1.6.L30', [0x01, 0x60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 30], 'hvc1'],
  ] as const)('is %s', (expected, profileTierLevel, entry) => {
    expect(hevcCodecString(Uint8Array.from(profileTierLevel), entry)).toBe(expected);
  });
});
