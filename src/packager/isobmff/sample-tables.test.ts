import { describe, expect, it } from 'vitest';
import { elst, type MadeSample, type MadeTrack, stss, stz2, writeStbl } from '../../../test/support/mp4-writer.js';
import { ByteReader } from '../bits/byte-reader.js';
import { box, fullBox, u32, u64 } from './box.js';
import { bytesOf, readBoxes } from './box-reader.js';
import { parseEditList } from './edit-list.js';
import { readSampleTables } from './sample-tables.js';

const sample = (size: number, more: Partial<MadeSample> = {}): MadeSample => ({
  data: new Uint8Array(size),
  duration: 512,
  ...more,
});
const samples = [
  sample(5),
  sample(6, { offset: 1024, sync: false }),
  sample(7, { duration: 300, sync: false }),
  sample(8),
];
const made = (change: Partial<MadeTrack> = {}): MadeTrack => ({
  id: 1,
  kind: 'video',
  timescale: 12_800,
  samples,
  ...change,
});

function read(change: Partial<MadeTrack> = {}, maximum = 1000) {
  const [stbl] = readBoxes(writeStbl(made(change), 100));
  const columns = readSampleTables(stbl!, maximum);
  const { count, sizes, durations, compositionOffsets, sync, positions } = columns;
  return [sizes, durations, compositionOffsets, sync, positions].map((column) => Array.from(column.subarray(0, count)));
}

const expected = [
  [5, 6, 7, 8],
  [512, 512, 300, 512],
  [0, 1024, 0, 0],
  [1, 0, 0, 1],
  [100, 105, 111, 118],
];

describe('readSampleTables', () => {
  it.each<[string, Partial<MadeTrack>]>([
    ['a chunk for each sample', {}],
    ['chunks of several samples, the last shorter', { perChunk: 3 }],
    [
      'chunks of several lengths',
      {
        tables: {
          stsc: fullBox('stsc', 0, 0, u32(2), u32(1, 1, 1), u32(2, 3, 1)),
          stco: fullBox('stco', 0, 0, u32(2), u32(100, 105)),
        },
      },
    ],
    ['offsets of 64 bits', { perChunk: 4, tables: { stco: fullBox('co64', 0, 0, u32(1), u64(100)) } }],
    ['sizes of 8 bits', { tables: { stsz: stz2(8, [5, 6, 7, 8]) } }],
    ['sizes of 16 bits', { tables: { stsz: stz2(16, [5, 6, 7, 8]) } }],
    ['sizes of 4 bits', { tables: { stsz: stz2(4, [5, 6, 7, 8]) } }],
    [
      'a last sample of no duration',
      {
        samples: [...samples.slice(0, 3), sample(8, { duration: 0 })],
        tables: { stts: fullBox('stts', 0, 0, u32(3), u32(2, 512), u32(1, 300), u32(1, 0)) },
      },
    ],
  ])('reads %s', (name, change) => {
    const last = name === 'a last sample of no duration' ? 300 : 512;
    expect(read(change)).toEqual([expected[0], [512, 512, 300, last], ...expected.slice(2)]);
  });

  it('takes negative composition offsets in both versions, and goes beyond 4 GiB', () => {
    const ctts = fullBox('ctts', 0, 0, u32(1), u32(4, 2 ** 32 - 512));
    const far = fullBox('co64', 0, 0, u32(4), ...[0, 1, 2, 3].map((n) => u64(2 ** 33 + n * 100)));
    const [, , offsets, , positions] = read({ tables: { ctts, stco: far } });
    expect([offsets, positions?.[3]]).toEqual([[-512, -512, -512, -512], 2 ** 33 + 300]);
  });

  it('takes one size for all, no composition offsets, and all samples as sync samples', () => {
    const nothing = new Uint8Array();
    const [sizes, , offsets, sync] = read({
      tables: { stsz: fullBox('stsz', 0, 0, u32(9, 4)), ctts: nothing, stss: nothing },
    });
    expect([sizes, offsets, sync]).toEqual([
      [9, 9, 9, 9],
      [0, 0, 0, 0],
      [1, 1, 1, 1],
    ]);
  });

  it.each<[string, Record<string, Uint8Array>, string]>([
    ['more sizes than there are', { stsz: fullBox('stsz', 0, 0, u32(0, 100)) }, 'stsz: need 412 bytes, 12 there'],
    [
      'more samples than allowed',
      { stsz: fullBox('stsz', 0, 0, u32(1, 2000)) },
      '2000 samples in one track; at most 1000',
    ],
    ['sizes of 5 bits', { stsz: fullBox('stz2', 0, 0, u32(5, 4), u32(0)) }, 'sizes of 5 bits'],
    ['too few durations', { stts: fullBox('stts', 0, 0, u32(1), u32(3, 512)) }, 'stts: it describes 3 of 4 samples'],
    [
      'a duration of 0 amid others',
      { stts: fullBox('stts', 0, 0, u32(2), u32(1, 0), u32(3, 512)) },
      'stts: sample 1 of 4 lasts 0 ticks',
    ],
    ['a cut stts', { stts: fullBox('stts', 0, 0, u32(9), u32(3, 512)) }, 'stts: need 80 bytes, 16 there'],
    ['too few composition offsets', { ctts: fullBox('ctts', 0, 0, u32(1), u32(1, 512)) }, 'ctts: it describes 1 of 4'],
    ['no stts', { stts: new Uint8Array() }, 'stbl has no stts'],
    ['no chunk offsets', { stco: new Uint8Array() }, 'stbl has no co64'],
    ['chunks that begin at 0', { stsc: fullBox('stsc', 0, 0, u32(1), u32(0, 1, 1)) }, 'stsc: its first chunk is 0'],
    [
      'chunks that go back',
      { stsc: fullBox('stsc', 0, 0, u32(2), u32(1, 1, 1), u32(1, 1, 1)) },
      'stsc: entry 1: chunks 1 to 0',
    ],
    ['chunks of no samples', { stsc: fullBox('stsc', 0, 0, u32(1), u32(1, 0, 1)) }, 'chunks 1 to 4 of 0 samples'],
    ['too few chunks', { stco: fullBox('stco', 0, 0, u32(2), u32(100, 105)) }, 'stsc: it places 2 of 4 samples'],
    [
      'chunks that are not there',
      {
        stsc: fullBox('stsc', 0, 0, u32(2), u32(1, 1, 1), u32(9, 1, 1)),
        stco: fullBox('stco', 0, 0, u32(3), u32(100, 105, 111)),
      },
      'stsc: it names chunk 4 of 3',
    ],
    [
      'another sample description',
      { stsc: fullBox('stsc', 0, 0, u32(1), u32(1, 1, 2)) },
      'sample 1 uses sample description 2',
    ],
    ['a sync sample that is not there', { stss: stss(1, 9) }, 'stss: it names sample 9 of 4'],
    ['a sync sample 0', { stss: stss(0) }, 'stss: it names sample 0 of 4'],
  ])('refuses %s', (_, tables, message) => {
    expect(() => read({ tables })).toThrow(message);
  });
});

describe('parseEditList', () => {
  const parse = (bytes: Uint8Array) => parseEditList(new ByteReader(bytesOf(readBoxes(bytes)[0]!)));

  it.each([
    ['none', elst(0), { delay: 0, mediaTime: 0 }],
    ['a run', elst(0, [5000, 1024]), { delay: 0, mediaTime: 1024, duration: 5000 }],
    ['a run to the end', elst(0, [0, 1024]), { delay: 0, mediaTime: 1024 }],
    ['a wait before it', elst(0, [700, -1], [5000, 0]), { delay: 700, mediaTime: 0, duration: 5000 }],
    [
      'two waits, in 64 bits',
      elst(1, [700, -1], [2 ** 33, -1], [5000, 2 ** 34]),
      { delay: 700 + 2 ** 33, mediaTime: 2 ** 34, duration: 5000 },
    ],
    ['a wait alone', elst(0, [700, -1]), { delay: 0, mediaTime: 0 }],
    ['a wait behind it', elst(0, [5000, 1024], [700, -1]), { delay: 0, mediaTime: 1024, duration: 5000 }],
    ['waits, at whatever speed', elst(0, [700, -1, 0], [5000, 0]), { delay: 700, mediaTime: 0, duration: 5000 }],
  ])('reads %s', (_, bytes, edit) => {
    expect(parse(bytes)).toEqual(edit);
  });

  it.each([
    ['several runs', elst(0, [10, 0], [20, 500]), '2 runs of media; one is allowed'],
    ['a wait amid runs', elst(0, [10, 0], [20, -1], [20, 500]), '3 runs of media'],
    ['another speed', elst(0, [10, 0, 2]), 'a media rate of 2; 1 is allowed'],
    ['a dwell', elst(0, [10, 0, 0]), 'a media rate of 0'],
    ['more entries than allowed', fullBox('elst', 0, 0, u32(20_000)), 'maximumEdits'],
    ['a cut list', fullBox('elst', 0, 0, u32(2), u32(1, 2)), 'need 2 bytes'],
    ['an empty box', box('elst'), 'need 1 bytes, 0 left'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parse(bytes)).toThrow(message);
  });
});
