import { describe, expect, it } from 'vitest';
import {
  accessUnitDelimiter as aud,
  annexB,
  lengthPrefixed,
  type SpsFields,
  writePps,
  writeSei,
  writeSlice,
  writeSps,
} from '../../../../test/support/h264-writer.js';
import type { AvcConfiguration } from '../../model/track.js';
import { splitAccessUnits } from './access-units.js';

const sps = writeSps();
const pps = writePps();
const sei = writeSei();
const idr = writeSlice({ idr: true, refIdc: 3 });
const filler = Uint8Array.of(0x0c, 0xff, 0xff, 0x80);
const slice = (frameNum: number, bytes = 20) => writeSlice({ frameNum, orderLsb: frameNum * 2, bytes });
const continued = (frameNum: number) => writeSlice({ frameNum, orderLsb: frameNum * 2, firstMb: 40 });

function configuration(change: Partial<AvcConfiguration> = {}): AvcConfiguration {
  return {
    ...{
      codec: 'avc',
      codecString: 'avc1.42001f',
      parameterSetsInBand: false,
      sps: [sps],
      pps: [pps],
      width: 320,
      height: 192,
    },
    ...{ sampleAspectRatio: [1, 1], chromaFormat: 1, bitDepthLuma: 8, bitDepthChroma: 8, ...change },
  };
}

/** What each sample is made of: NAL units of the stream, in groups. */
function expectSamples(stream: Uint8Array, samples: Uint8Array[][], change: Partial<AvcConfiguration> = {}) {
  const units = splitAccessUnits(stream.slice(), 0, configuration(change));
  expect(units.sizes).toEqual(samples.map((sample) => lengthPrefixed(sample).length));
  expect(Buffer.concat(units.data).toString('hex')).toBe(Buffer.from(lengthPrefixed(samples.flat())).toString('hex'));
  return units;
}

/** Start codes as multiplexers write them: all long, all short, long only at the start of a unit and at parameter sets. */
const startCodes: [string, (units: Uint8Array[]) => (index: number) => boolean][] = [
  ['long start codes', () => () => false],
  ['short start codes', () => () => true],
  ['both', (units) => (index) => ![7, 8, 9].includes(units[index]![0]! & 31)],
];

describe.each(startCodes)('splitAccessUnits with %s', (_, short) => {
  const stream = (...units: Uint8Array[]) => annexB(units, short(units));

  it('begins a unit at each delimiter, and leaves delimiters, parameter sets and filler out', () => {
    const bytes = stream(aud, sps, pps, sei, idr, filler, aud, slice(1), aud, slice(2));
    const units = expectSamples(bytes, [[sei, idr], [slice(1)], [slice(2)]]);
    expect(units.sync).toEqual([true, false, false]);
  });

  it('begins a unit at parameter sets, at SEI, and at the first slice of another picture', () => {
    expectSamples(stream(sps, pps, idr, slice(1), sei, slice(2), sps, pps, slice(3)), [
      [idr],
      [slice(1)],
      [sei, slice(2)],
      [slice(3)],
    ]);
  });

  it('keeps the slices of a picture together, and redundant first slices too', () => {
    expectSamples(stream(aud, slice(1), continued(1), aud, slice(2), continued(2), slice(2)), [
      [slice(1), continued(1)],
      [slice(2), continued(2), slice(2)],
    ]);
  });

  it('tells pictures without delimiters apart by their slice headers', () => {
    expectSamples(stream(idr, slice(1), continued(1), slice(2)), [[idr], [slice(1), continued(1)], [slice(2)]]);
  });

  it('moves small units and leaves large ones where they are', () => {
    const large = [1, 2, 3].map((number) => slice(number, 9000));
    const units = expectSamples(stream(aud, sei, large[0]!, aud, sei, large[1]!, continued(2), aud, large[2]!), [
      [sei, large[0]!],
      [sei, large[1]!, continued(2)],
      [large[2]!],
    ]);
    expect(units.data.length).toBeLessThanOrEqual(8);
  });

  it('keeps parameter sets in the samples when they stay in band', () => {
    expectSamples(stream(aud, sps, pps, idr, aud, slice(1)), [[sps, pps, idr], [slice(1)]], {
      parameterSetsInBand: true,
    });
  });

  it('takes a recovery point for a stream access point', () => {
    expect(
      expectSamples(stream(aud, writeSei(0), slice(1), aud, sei, slice(2)), [
        [writeSei(0), slice(1)],
        [sei, slice(2)],
      ]).sync,
    ).toEqual([true, false]);
  });

  it('leaves out what follows the last picture', () => {
    const bytes = stream(aud, idr, aud, sps, sei, writeSei(0));
    const units = expectSamples(bytes, [[idr]]);
    expect(units.starts).toEqual([bytes.indexOf(1) - 2]);
  });

  it('makes one sample of the two fields of a frame, with delimiters between or without', () => {
    const interlaced: SpsFields = { frameMbsOnly: false };
    const field = (parity: 'top' | 'bottom', frameNum: number, firstMb = 0) =>
      writeSlice({ field: parity, frameNum, firstMb });
    const sets = { sps: [writeSps(interlaced)] };
    const first = writeSlice({ idr: true, field: 'top', refIdc: 1 });
    const frame = writeSlice({ field: 'frame', frameNum: 2 });
    const samples = [
      [first, field('bottom', 0)],
      [field('top', 1), field('top', 1, 40), field('bottom', 1), field('bottom', 1, 40)],
      [frame],
    ];
    expectSamples(stream(...samples.flat()), samples, sets);
    expectSamples(
      stream(
        aud,
        first,
        aud,
        field('bottom', 0),
        aud,
        ...samples[1]!.slice(0, 2),
        aud,
        ...samples[1]!.slice(2),
        aud,
        frame,
      ),
      samples,
      sets,
    );
  });

  it('does not pair fields of different frames', () => {
    const fields = [writeSlice({ field: 'top', frameNum: 1 }), writeSlice({ field: 'bottom', frameNum: 2 })];
    expectSamples(
      stream(...fields),
      fields.map((field) => [field]),
      { sps: [writeSps({ frameMbsOnly: false })] },
    );
  });

  it('keeps sizes and bytes together for random arrangements', () => {
    let seed = 7;
    const random = (limit: number) => (seed = (seed * 48_271) % 2_147_483_647) % limit;
    for (let round = 0; round < 12; round += 1) {
      const samples = Array.from({ length: 12 }, (_, index) => [
        ...Array.from({ length: random(3) }, () => writeSei(undefined, random(200))),
        slice(index, [10, 300, 4090, 4100, 20_000][random(5)]),
        ...Array.from({ length: random(3) }, () => continued(index)),
      ]);
      expectSamples(
        stream(...samples.flatMap((sample) => (random(2) ? [aud, ...sample] : [aud, sps, pps, ...sample]))),
        samples,
      );
    }
  });
});

describe('splitAccessUnits', () => {
  it('refuses parameter sets that change inside a segment', () => {
    expect(() => splitAccessUnits(annexB([aud, idr, writeSps({ level: 40 }), slice(1)]), 0, configuration())).toThrow(
      /parameter sets change inside a segment/,
    );
  });

  it('refuses data partitioning', () => {
    expect(() => splitAccessUnits(annexB([aud, Uint8Array.of(0x22, 0x80, 0x80)]), 0, configuration())).toThrow(
      /data partitioning/,
    );
  });

  it('refuses bytes without a start code where one is due', () => {
    expect(() => splitAccessUnits(Uint8Array.of(9, 9, ...annexB([idr])), 0, configuration())).toThrow(
      'no start code where a picture should begin at byte 0',
    );
  });
});
