import { describe, expect, it } from 'vitest';
import type { Samples } from '../model/samples.js';
import { findBox, readBoxes } from './box-reader.js';
import { mediaSegment } from './media-segment.js';

const sync = 0x0200_0000;
const nonSync = 0x0101_0000;

/** Samples of 1, 2, 3, ... bytes, 3000 ticks apart. */
function samples(change: Partial<Samples> & { count: number }): Samples {
  const { count, ...columns } = change;
  const each = <T>(value: (index: number) => T) => Array.from({ length: count }, (_, index) => value(index));
  return {
    data: each((index) => new Uint8Array(index + 1).fill(index + 1)),
    sizes: each((index) => index + 1),
    decodeTimes: each((index) => 90_000 + index * 3000),
    compositionOffsets: each(() => 0),
    sync: each((index) => index === 0),
    ...columns,
  };
}

function read(segment: Samples, end: number) {
  const list = mediaSegment({ sequenceNumber: 5, samples: segment, end });
  const bytes = Buffer.concat(list);
  const boxes = readBoxes(bytes);
  const words = (path: string) => {
    const payload = findBox(boxes, path)?.payload;
    if (!payload) throw new Error(`no ${path}`);
    return Array.from({ length: payload.byteLength / 4 }, (_, index) => payload.getUint32(index * 4));
  };
  return { list, bytes, boxes, words };
}

describe('a media segment', () => {
  it('is styp, moof and mdat, with the data where trun says', () => {
    const { bytes, boxes, words } = read(samples({ count: 3 }), 99_000);
    expect(boxes.map(({ type }) => type)).toEqual(['styp', 'moof', 'mdat']);
    expect(words('moof/mfhd')).toEqual([0, 5]);
    expect(words('moof/traf/tfdt')).toEqual([0x0100_0000, 0, 90_000]);
    const moof = findBox(boxes, 'moof')?.offset ?? 0;
    const [, , dataOffset = 0] = words('moof/traf/trun');
    expect([...bytes.subarray(moof + dataOffset)]).toEqual([1, 2, 2, 3, 3, 3]);
  });

  it('copies no media bytes', () => {
    const segment = samples({ count: 3 });
    const { list } = read(segment, 99_000);
    expect(list).toHaveLength(4);
    for (const [index, part] of segment.data.entries()) expect(list[index + 1]).toBe(part);
  });

  it('with one key picture at its head says so once', () => {
    const { words } = read(samples({ count: 3 }), 99_000);
    // default-base-is-moof, default duration and flags
    expect(words('moof/traf/tfhd')).toEqual([0x0002_0028, 1, 3000, nonSync]);
    // version 1; data offset, first sample flags, sizes
    expect(words('moof/traf/trun')).toEqual([0x0100_0205, 3, expect.any(Number), sync, 1, 2, 3]);
  });

  it.each([
    ['several groups of pictures', [true, false, true, false], [sync, nonSync, sync, nonSync]],
    ['one that begins without a key picture', [false, true, false], [nonSync, sync, nonSync]],
    ['a key picture at its end', [true, false, true], [sync, nonSync, sync]],
  ])('with %s keeps the flag of every sample', (_, flags, expected) => {
    const { words } = read(samples({ count: flags.length, sync: flags }), 90_000 + flags.length * 3000);
    expect(words('moof/traf/tfhd')).toEqual([0x0002_0008, 1, 3000]);
    const [versionAndFlags, count, , ...columns] = words('moof/traf/trun');
    expect([versionAndFlags, count]).toEqual([0x0100_0601, flags.length]);
    expect(columns.filter((_, index) => index % 2 === 1)).toEqual(expected);
  });

  it.each([
    ['all key pictures', { count: 2, sync: [true, true] }, [0x0002_0028, 1, 3000, sync], 0x0100_0201],
    ['no key picture', { count: 2, sync: [false, false] }, [0x0002_0028, 1, 3000, nonSync], 0x0100_0201],
    ['one sample', { count: 1 }, [0x0002_0038, 1, 3000, 1, sync], 0x0100_0001],
    [
      'samples of equal size',
      { count: 2, sizes: [4, 4], data: [new Uint8Array(8)], sync: [true, true] },
      [0x0002_0038, 1, 3000, 4, sync],
      0x0100_0001,
    ],
  ])('with %s states them as defaults', (_, change, tfhd, trun) => {
    const { words } = read(samples(change), 90_000 + change.count * 3000);
    expect(words('moof/traf/tfhd')).toEqual(tfhd);
    expect(words('moof/traf/trun')[0]).toBe(trun);
  });

  it('has signed composition offsets, and durations up to where the next segment begins', () => {
    const { words } = read(samples({ count: 3, compositionOffsets: [0, 6000, -3000] }), 100_000);
    expect(words('moof/traf/tfhd')).toEqual([0x0002_0020, 1, nonSync]);
    expect(words('moof/traf/trun')).toEqual([
      ...[0x0100_0b05, 3, expect.any(Number), sync],
      ...[3000, 1, 0],
      ...[3000, 2, 6000],
      ...[4000, 3, 0xffff_f448],
    ]);
  });

  it('keeps decode times beyond 32 bits', () => {
    const { words } = read(samples({ count: 1, decodeTimes: [2 ** 33 + 1] }), 2 ** 33 + 3001);
    expect(words('moof/traf/tfdt')).toEqual([0x0100_0000, 2, 1]);
  });

  it('refuses times that do not rise, and no samples at all', () => {
    expect(() => read(samples({ count: 2, decodeTimes: [5, 5] }), 9)).toThrow(
      'sample 1 of 2 at tick 5 is followed by 5',
    );
    expect(() => read(samples({ count: 2 }), 93_000)).toThrow('sample 2 of 2 at tick 93000 is followed by 93000');
    expect(() => read(samples({ count: 0 }), 1)).toThrow('the segment has no sample');
  });
});
