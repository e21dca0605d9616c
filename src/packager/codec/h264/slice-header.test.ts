import { describe, expect, it } from 'vitest';
import {
  type SliceFields,
  type SpsFields,
  writePps,
  writeSlice,
  writeSps,
} from '../../../../test/support/h264-writer.js';
import { parameterSets } from './parameter-sets.js';
import { PictureOrder } from './picture-order.js';
import { completesFrame, isOtherPicture, parseSliceHeader } from './slice-header.js';

const setsOf = (sps: SpsFields = {}) => parameterSets({ sps: [writeSps(sps)], pps: [writePps()] });
const header = (fields: SliceFields, sps?: SpsFields) => parseSliceHeader(writeSlice(fields), setsOf(sps));
const interlaced: SpsFields = { frameMbsOnly: false };

describe('parseSliceHeader', () => {
  it('reads what tells pictures apart', () => {
    expect(header({ idr: true, refIdc: 3, idrPicId: 7, firstMb: 40, orderLsb: 6 })).toMatchObject({
      ...{ idr: true, nalRefIdc: 3, idrPicId: 7, firstMb: 40, orderLsb: 6, sliceType: 2, fieldPicture: false },
    });
  });

  it('refuses a slice whose parameter sets are missing', () => {
    expect(() => header({ ppsId: 1 })).toThrow('slice refers to PPS 1, which has not come before it');
  });
});

describe('the first slice of another picture', () => {
  const base: SliceFields = { frameNum: 3, orderLsb: 4, refIdc: 1 };
  it.each<[string, SliceFields, boolean]>([
    ['the same fields', {}, false],
    ['another slice of it', { firstMb: 20, type: 6 }, false],
    ['another nal_ref_idc that is not 0', { refIdc: 3 }, false],
    ['frame_num', { frameNum: 4 }, true],
    ['the order', { orderLsb: 6 }, true],
    ['reference to non-reference', { refIdc: 0 }, true],
  ])('is told by: %s', (_, change, expected) => {
    expect(isOtherPicture(header(base), header({ ...base, ...change }))).toBe(expected);
  });

  it('is told by idr_pic_id of neighbouring IDRs', () => {
    expect(isOtherPicture(header({ idr: true }), header({ idr: true, idrPicId: 1 }))).toBe(true);
  });

  it('is a second field only of the opposite parity and the same frame', () => {
    const first = header({ field: 'top', idr: true, refIdc: 1 }, interlaced);
    const is = (fields: SliceFields) => completesFrame(first, header({ refIdc: 1, ...fields }, interlaced));
    expect([is({ field: 'bottom' }), is({ field: 'top' }), is({ field: 'frame' })]).toEqual([true, false, false]);
    expect([is({ field: 'bottom', frameNum: 1 }), is({ field: 'bottom', refIdc: 0 })]).toEqual([false, false]);
  });
});

describe('PictureOrder', () => {
  const counts = (slices: SliceFields[], fields: SpsFields) => {
    const sets = setsOf(fields);
    const order = new PictureOrder();
    return slices.map((slice) => {
      const parsed = parseSliceHeader(writeSlice({ orderType: fields.orderType ?? 0, ...slice }), sets);
      return order.next(parsed, sets);
    });
  };

  it('wraps least significant bits (type 0)', () => {
    const lsbs = [0, 8, 4, 2, 0, 12, 8];
    const slices = lsbs.map((orderLsb, index): SliceFields => ({
      orderLsb,
      refIdc: [2, 3].includes(index) ? 0 : 1,
      idr: index === 0,
    }));
    expect(counts(slices, {})).toEqual([0, 8, 4, 2, 16, 12, 8]);
  });

  it('begins anywhere: differences count', () => {
    const [first, second, third] = counts(
      [{ orderLsb: 14, refIdc: 0 }, { orderLsb: 4 }, { orderLsb: 2, refIdc: 0 }],
      {},
    );
    expect([second! - first!, third! - first!]).toEqual([6, 4]);
  });

  it('follows frame_num, also around its end (type 2)', () => {
    const slices: SliceFields[] = [
      { idr: true },
      { frameNum: 1 },
      { frameNum: 2, refIdc: 0 },
      { frameNum: 15 },
      { frameNum: 0 },
    ];
    expect(counts(slices, { orderType: 2 })).toEqual([0, 2, 3, 30, 32]);
  });

  it('adds the offsets of the cycle (type 1)', () => {
    const slices: SliceFields[] = [
      { idr: true },
      { frameNum: 1 },
      { frameNum: 2, refIdc: 0, deltaOrder: -2 },
      { frameNum: 2 },
    ];
    expect(counts(slices, { orderType: 1, offsetsForReference: [4] })).toEqual([0, 4, 1, 8]);
  });
});
