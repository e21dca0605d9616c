import { describe, expect, it } from 'vitest';
import { annexB, lengthPrefixed } from '../../../../test/support/h264-writer.js';
import {
  hevcDelimiter as aud,
  writeHevcPps,
  writeHevcSei,
  writeHevcSlice as slice,
  writeHevcSps,
  writeHevcVps,
} from '../../../../test/support/h265-writer.js';
import { startCodeFinder } from '../annexb.js';
import { UnsupportedCodingError } from '../unsupported-coding.js';
import { splitAccessUnits } from './access-units.js';
import { displayOrder } from './display-order.js';
import { firstPicture } from './first-picture.js';
import { hevcConfiguration } from './hevc-configuration.js';

const vps = writeHevcVps();
const sps = writeHevcSps();
const pps = writeHevcPps();
const sei = writeHevcSei([4, [1, 2, 3]]);
const suffixSei = Uint8Array.of(0x50, 0x01, 132, 1, 7, 0x80);
const filler = Uint8Array.of(0x4c, 0x01, 0xff, 0x80);
const idr = slice({ type: 20 });
const next = (orderLsb: number, type = 1) => slice({ type, orderLsb });
const configuration = (inBand = false) => hevcConfiguration({ vps: [vps], sps: [sps], pps: [pps], sei: [] }, inBand);

function expectSamples(stream: Uint8Array, samples: Uint8Array[][], inBand = false) {
  const units = splitAccessUnits(stream.slice(), 0, configuration(inBand));
  expect(units.sizes).toEqual(samples.map((sample) => lengthPrefixed(sample).length));
  expect(Buffer.concat(units.data).toString('hex')).toBe(Buffer.from(lengthPrefixed(samples.flat())).toString('hex'));
  return units;
}

describe.each([
  ['long start codes', () => false],
  ['short start codes', () => true],
  ['both', (index: number) => index % 2 === 1],
])('splitAccessUnits of HEVC with %s', (_, short) => {
  it('leaves delimiters, parameter sets and filler out, and keeps SEI with its picture', () => {
    const stream = annexB([aud, vps, sps, pps, sei, idr, suffixSei, filler, aud, sei, next(1), aud, next(2)], short);
    const units = expectSamples(stream, [[sei, idr, suffixSei], [sei, next(1)], [next(2)]]);
    expect(units.sync).toEqual([true, false, false]);
  });

  it('tells pictures without delimiters apart by the first slice segment', () => {
    const more = slice({ isFirst: false });
    expectSamples(annexB([idr, more, next(1), more, more, next(2)], short), [
      [idr, more],
      [next(1), more, more],
      [next(2)],
    ]);
  });

  it('leaves what follows the last picture to no sample', () => {
    expectSamples(annexB([idr, next(1), aud, vps, sei], short), [[idr], [next(1)]]);
  });

  it('keeps parameter sets that are to stay in band', () => {
    expectSamples(annexB([aud, vps, sps, pps, idr, next(1)], short), [[vps, sps, pps, idr], [next(1)]], true);
  });
});

describe('splitAccessUnits of HEVC', () => {
  it.each([16, 17, 18, 19, 20, 21])('takes a picture of type %i for one at which decoding can begin', (type) => {
    expect(splitAccessUnits(annexB([slice({ type }), next(1)]), 0, configuration()).sync).toEqual([true, false]);
  });

  it.each([
    ['parameter sets that change', [idr, writeHevcSps({ width: 64 }), next(1)], 'parameter sets change'],
    ['several layers', [idr, slice({ layer: 1 })], 'several layers'],
  ])('refuses %s', (_, units, message) => {
    expect(() => splitAccessUnits(annexB(units), 0, configuration())).toThrow(UnsupportedCodingError);
    expect(() => splitAccessUnits(annexB(units), 0, configuration())).toThrow(message);
  });
});

describe('firstPicture of HEVC', () => {
  const find = (units: Uint8Array[], from = 0) => {
    const bytes = annexB(units);
    return firstPicture(bytes, startCodeFinder(bytes), from);
  };

  it.each([
    [20, 1],
    [19, 2],
    [18, 1],
    [17, 2],
    [16, 3],
    [21, 3],
    [1, 0],
    [9, 0],
  ])('of type %i is an access point of type %i', (type, sap) => {
    expect(find([aud, vps, sps, pps, sei, slice({ type })])).toEqual({
      start: 0,
      sap,
      parameterSets: { vps: [vps], sps: [sps], pps: [pps], sei: [sei] },
    });
  });

  it('is the one after a picture that began before', () => {
    const before = annexB([slice({ isFirst: false })]);
    const bytes = Uint8Array.from([...before, ...annexB([vps, sps, pps, idr])]);
    expect(firstPicture(bytes, startCodeFinder(bytes), 0)).toMatchObject({ start: before.length, sap: 1 });
  });

  it('is unknown where the bytes end before it', () => {
    expect(find([aud, vps, sps])).toBeUndefined();
  });
});

describe('displayOrder of HEVC', () => {
  const places = (...types: readonly (readonly [type: number, orderLsb: number])[]) => {
    const { data, slices } = unitsOf(types.map(([type, orderLsb]) => slice({ type, orderLsb })));
    return displayOrder(data, slices, configuration()).map(({ sequence, place }) => `${sequence}:${place}`);
  };
  const unitsOf = (units: Uint8Array[]) => {
    const data = annexB(units).slice();
    return { data, slices: splitAccessUnits(data, 0, configuration()).slices };
  };

  it('follows picture order counts, over their wrap, and anew at each IDR', () => {
    expect(places([20, 0], [1, 4], [0, 2], [1, 8], [0, 6], [1, 12], [1, 2], [20, 0], [1, 2])).toEqual([
      ...['0:0', '0:2', '0:1', '0:4', '0:3', '0:6', '0:9', '1:0', '1:1'],
    ]);
  });

  it('goes on at a CRA, and places its leading pictures before it', () => {
    expect(places([20, 0], [1, 4], [21, 8], [9, 6], [8, 5])).toEqual(['0:0', '0:4', '0:8', '0:6', '0:5']);
  });
});

describe('hevcConfiguration', () => {
  it('has what SEI says the picture was mastered on', () => {
    const mastering = Array.from({ length: 24 }, (_, index) => index % 3);
    const messages = writeHevcSei([137, mastering], [144, [3, 232, 1, 144]], [147, [18]]);
    const bright = writeHevcSps({
      vui: (writer) => writer.flag(false).flag(false).flag(true).bits(4, 10).flag(true).bits(24, 0x090e09).bits(6, 0),
    });
    expect(hevcConfiguration({ vps: [vps], sps: [bright], pps: [pps], sei: [messages] }, false)).toMatchObject({
      codecString: 'hvc1.2.4.L123.B0',
      colour: { primaries: 9, transfer: 14, matrix: 9, fullRange: false, preferredTransfer: 18 },
      masteringDisplay: Uint8Array.from(mastering),
      contentLight: Uint8Array.of(3, 232, 1, 144),
    });
  });

  it('needs parameter sets of all three kinds', () => {
    expect(() => hevcConfiguration({ vps: [], sps: [sps], pps: [pps], sei: [] }, false)).toThrow('VPS, SPS and PPS');
  });
});
