import { describe, expect, it } from 'vitest';
import type { BitWriter } from '../../../../test/support/bit-writer.js';
import { type SpsFields, writeSps } from '../../../../test/support/h264-writer.js';
import { avcCodecString, parseSps } from './sps.js';

/** aspect ratio, no overscan, video signal with colours, no chroma location, timing */
function vui(writer: BitWriter, aspect: number, timing: readonly [number, number] | undefined): void {
  writer.flag(true).bits(8, aspect);
  if (aspect === 255) writer.bits(16, 64).bits(16, 45);
  writer.flag(true).flag(false);
  writer.flag(true).bits(4, 5).flag(true).bits(24, 0x01_01_01);
  writer.flag(true).ue(0).ue(0);
  writer.flag(timing !== undefined);
  if (timing) writer.bits(32, timing[0]).bits(32, timing[1]).flag(true);
}

const cases: { name: string; fields: SpsFields; expected: object }[] = [
  { name: 'baseline', fields: {}, expected: { profile: 66, level: 31, width: 320, height: 192, chromaFormat: 1 } },
  {
    name: '1080 lines by cropping',
    fields: { widthMbs: 120, heightMapUnits: 68, crop: [0, 0, 0, 4] },
    expected: { width: 1920, height: 1080 },
  },
  {
    name: 'interlaced 1080 lines',
    fields: { widthMbs: 120, heightMapUnits: 34, frameMbsOnly: false, crop: [0, 0, 0, 2] },
    expected: { width: 1920, height: 1080, frameMbsOnly: false },
  },
  {
    name: 'high 4:2:2 at 10 bits',
    fields: { profile: 122, chromaFormat: 2, bitDepth: 10, crop: [1, 0, 1, 0] },
    expected: { width: 318, height: 191, chromaFormat: 2, bitDepthLuma: 10, bitDepthChroma: 10 },
  },
  {
    name: '4:4:4',
    fields: { profile: 244, chromaFormat: 3, crop: [1, 1, 1, 1] },
    expected: { width: 318, height: 190, separateColourPlanes: false },
  },
  {
    name: 'separate colour planes',
    fields: { profile: 244, chromaFormat: 3, separateColourPlanes: true },
    expected: { separateColourPlanes: true, width: 320 },
  },
  {
    name: 'monochrome',
    fields: { profile: 100, chromaFormat: 0, crop: [0, 1, 0, 1] },
    expected: { chromaFormat: 0, width: 319, height: 191 },
  },
  {
    name: 'scaling lists',
    fields: { profile: 100, scalingLists: true, widthMbs: 45, heightMapUnits: 36 },
    expected: { width: 720, height: 576 },
  },
  {
    name: 'picture order type 1',
    fields: { orderType: 1, offsetsForReference: [2, -4] },
    expected: {
      pictureOrder: {
        type: 1,
        deltaAlwaysZero: false,
        offsetForNonReference: -1,
        offsetTopToBottom: 0,
        offsetsForReference: [2, -4],
      },
      width: 320,
    },
  },
  { name: 'picture order type 2', fields: { orderType: 2 }, expected: { pictureOrder: { type: 2 }, width: 320 } },
  {
    name: 'aspect ratio by table and 29.97 fps',
    fields: { vui: (writer) => vui(writer, 2, [1001, 60_000]) },
    expected: { vui: { sampleAspectRatio: [12, 11], frameRate: [30_000, 1001] } },
  },
  {
    name: 'its own aspect ratio, no timing',
    fields: { vui: (writer) => vui(writer, 255, undefined) },
    expected: { vui: { sampleAspectRatio: [64, 45] } },
  },
  {
    name: 'timing of zero',
    fields: { vui: (writer) => vui(writer, 0, [0, 50]) },
    expected: { vui: { sampleAspectRatio: [1, 1] } },
  },
];

describe('parseSps', () => {
  it.each(cases)('reads $name', ({ fields, expected }) => {
    expect(parseSps(writeSps(fields))).toMatchObject(expected);
  });

  it('gives the RFC 6381 string', () => {
    expect(avcCodecString(parseSps(writeSps({ profile: 100, level: 40 })), 'avc1')).toBe('avc1.640028');
    expect(avcCodecString(parseSps(writeSps({ level: 9 })), 'avc3')).toBe('avc3.420009');
  });

  it.each([
    ['is cut off', writeSps().subarray(0, 6), /need \d+ bits/],
    ['crops everything away', writeSps({ crop: [100, 100, 0, 0] }), /crops the whole picture away/],
    ['has an id out of range', writeSps({ id: 32 }), /seq_parameter_set_id is 32, at most 31/],
    ['is absurdly wide', writeSps({ widthMbs: 5000 }), /pic_width_in_mbs_minus1 is 4999, at most 1055/],
    ['is empty', Uint8Array.of(0x67), /need 8 bits/],
  ])('refuses one that %s', (_, nal, message) => {
    expect(() => parseSps(nal)).toThrow(message);
  });
});
