import { describe, expect, it } from 'vitest';
import { box, fullBox, u32, u64, u8 } from './box.js';
import { readBoxes } from './box-reader.js';
import { addFragment, type FragmentedTrack } from './fragments.js';
import { mfhd } from './boxes/mfhd.js';
import { SampleColumns } from './sample-columns.js';

const sync = 0x0200_0000;
const nonSync = 0x0101_0000;
const tfdt = (time: number) => fullBox('tfdt', 0, 0, u32(time));
const tfhd = (flags: number, ...values: number[]) => fullBox('tfhd', 0, flags, u32(1, ...values));
const traf = (...boxes: Uint8Array[]) => box('traf', ...boxes);
const moof = (...trafs: Uint8Array[]) => box('moof', mfhd(1), ...trafs);
/** [MS-SSTR] §2.2.4.4 */
const tfxd = (version: 0 | 1, time: number) =>
  box(
    'uuid',
    Uint8Array.from('6d1d9b0542d544e680e2141daff757b2'.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)),
    u8(version, 0, 0, 0),
    ...(version === 1 ? [u32(Math.floor(time / 2 ** 32) >>> 0, time >>> 0), u64(40)] : [u32(time, 40)]),
  );
/** All columns: duration, size, flags, composition offset. */
const fullRun = (dataOffset: number, ...samples: number[][]) =>
  fullBox('trun', 1, 0xf01, u32(samples.length, dataOffset), ...samples.map((fields) => u32(...fields)));

function gather(fragments: readonly Uint8Array[], { maximum = 100, position = 1000, description = 1 } = {}) {
  const columns = new SampleColumns(0);
  const tracks = new Map<number, FragmentedTrack>([[1, { columns, timescale: 1000 }]]);
  const defaults = new Map([
    [1, { description, duration: 40, size: 9, flags: nonSync }],
    [3, { description: 1, duration: 40, size: 20, flags: 0 }],
  ]);
  for (const [index, bytes] of fragments.entries())
    addFragment(readBoxes(bytes)[0]!, { tracks, defaults }, { position: position * (index + 1), maximum });
  const { count } = columns;
  return {
    start: columns.start,
    duration: columns.duration,
    rows: Array.from({ length: count }, (_, at) => [
      columns.durations[at],
      columns.sizes[at],
      columns.sync[at],
      columns.compositionOffsets[at],
      columns.positions[at],
    ]),
  };
}

describe('addFragment', () => {
  it.each([
    [
      'all that a run says',
      [moof(traf(tfhd(0x20000), tfdt(500), fullRun(8, [40, 3, sync, 80], [30, 4, nonSync, 2 ** 32 - 40])))],
      500,
      [
        [40, 3, 1, 80, 1008],
        [30, 4, 0, -40, 1011],
      ],
    ],
    [
      'defaults of the movie',
      [moof(traf(tfhd(0x20000), tfdt(0), fullBox('trun', 0, 0x1, u32(2, 8))))],
      0,
      [
        [40, 9, 0, 0, 1008],
        [40, 9, 0, 0, 1017],
      ],
    ],
    [
      'defaults of the fragment, and a first sample of its own',
      [moof(traf(tfhd(0x20038, 50, 7, nonSync), tfdt(0), fullBox('trun', 0, 0x5, u32(2, 8, sync))))],
      0,
      [
        [50, 7, 1, 0, 1008],
        [50, 7, 0, 0, 1015],
      ],
    ],
    [
      'a base in the resource',
      [moof(traf(fullBox('tfhd', 0, 0x1, u32(1), u64(7000)), tfdt(0), fullBox('trun', 0, 0x1, u32(1, 5))))],
      0,
      [[40, 9, 0, 0, 7005]],
    ],
    [
      'data without an offset, after those of a track that is passed over',
      [
        moof(
          traf(fullBox('tfhd', 0, 0x10, u32(2, 100)), fullBox('trun', 0, 0x1, u32(3, 8))),
          traf(tfhd(0), fullBox('trun', 0, 0, u32(1))),
        ),
      ],
      0,
      [[40, 9, 0, 0, 1308]],
    ],
    [
      "data after those of a track that is passed over, whose sizes are the movie's default",
      [
        moof(
          traf(fullBox('tfhd', 0, 0, u32(3)), fullBox('trun', 0, 0x1, u32(4, 8))),
          traf(tfhd(0), fullBox('trun', 0, 0, u32(1))),
        ),
      ],
      0,
      [[40, 9, 0, 0, 1088]],
    ],
    [
      'several runs',
      [moof(traf(tfhd(0x20000), fullBox('trun', 0, 0x1, u32(1, 8)), fullBox('trun', 0, 0, u32(1))))],
      0,
      [
        [40, 9, 0, 0, 1008],
        [40, 9, 0, 0, 1017],
      ],
    ],
    [
      'a time of 64 bits',
      [moof(traf(tfhd(0x20000), fullBox('tfdt', 1, 0, u64(2 ** 40)), fullBox('trun', 0, 0x1, u32(1, 8))))],
      2 ** 40,
      [[40, 9, 0, 0, 1008]],
    ],
  ])('takes %s', (_, fragments, start, rows) => {
    expect(gather(fragments)).toMatchObject({ start, rows });
  });

  const one = (time: number) => moof(traf(tfhd(0x20000), tfdt(time), fullBox('trun', 0, 0x1, u32(1, 8))));
  it('lets the last sample last until the next fragment, a little longer or shorter', () => {
    expect(gather([one(0), one(45), one(80)]).rows.map(([duration]) => duration)).toEqual([45, 35, 40]);
  });

  const smooth = (version: 0 | 1, time: number, offset: number) =>
    moof(traf(tfhd(0x20000), fullBox('trun', 0, 0x801, u32(1, 8), u32(offset)), tfxd(version, time)));
  it('takes the times of Smooth Streaming, below 0 and with holes, where there is no tfdt', () => {
    const { start, rows } = gather([smooth(1, -20, 0), smooth(1, 30, 0), smooth(0, 70, 0)]);
    expect({ start, durations: rows.map(([duration]) => duration) }).toEqual({ start: -20, durations: [50, 40, 40] });
  });

  it('takes them for presentation times of first pictures', () => {
    const { start, rows } = gather([smooth(1, 500, 20), smooth(1, 560, 40), smooth(1, 620, 60)]);
    expect({ start, durations: rows.map(([duration]) => duration) }).toEqual({ start: 500, durations: [40, 40, 40] });
  });

  it('passes over times of day that no number holds, and lets the fragments follow each other', () => {
    expect(gather([smooth(1, 2 ** 54, 0), smooth(1, 2 ** 55, 0)])).toMatchObject({ start: 0, duration: 80 });
  });

  it.each([
    [
      'a fragment that goes back',
      [one(0), one(0)],
      'a fragment begins at 0.000 s, where the one before ends at 0.040 s',
    ],
    ['a hole of more than 10 s', [one(0), one(10_100)], 'a fragment begins at 10.100 s'],
    [
      'more samples than there are fields',
      [moof(traf(tfhd(0x20000), fullBox('trun', 0, 0x201, u32(9, 8), u32(1))))],
      'need 36 bytes for 9 samples, 4 left',
    ],
    [
      'more samples than allowed',
      [moof(traf(tfhd(0x20000), fullBox('trun', 0, 0x1, u32(2 ** 32 - 1, 8))))],
      'maximumSamples',
    ],
    [
      'samples of no duration',
      [moof(traf(tfhd(0x20008, 0), fullBox('trun', 0, 0x1, u32(1, 8))))],
      'sample 1 lasts 0 ticks',
    ],
    [
      'another sample description',
      [moof(traf(tfhd(0x20002, 2), fullBox('trun', 0, 0x1, u32(1, 8))))],
      'sample description 2',
    ],
    ['no header', [moof(traf(fullBox('trun', 0, 0x1, u32(1, 8))))], 'traf has no tfhd'],
    ['a run of version 2', [moof(traf(tfhd(0x20000), fullBox('trun', 2, 0x1, u32(1, 8))))], 'trun of version 2'],
  ])('refuses %s', (_, fragments, message) => {
    expect(() => gather(fragments)).toThrow(message);
  });

  it('refuses another sample description that the movie box says, unless the fragment says the first', () => {
    const run = fullBox('trun', 0, 0x1, u32(1, 8));
    expect(() => gather([moof(traf(tfhd(0x20000), run))], { description: 2 })).toThrow('sample description 2');
    expect(gather([moof(traf(tfhd(0x20002, 1), run))], { description: 2 }).rows).toHaveLength(1);
  });

  it('passes over a track with as many samples as 32 bits can say', () => {
    const other = traf(fullBox('tfhd', 0, 0, u32(2)), fullBox('trun', 0, 0x1, u32(2 ** 32 - 1, 8)));
    expect(gather([moof(other)]).rows).toEqual([]);
  });
});
