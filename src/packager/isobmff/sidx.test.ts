import { describe, expect, it } from 'vitest';
import type { SapType } from '../model/sap-type.js';
import { concat } from './box.js';
import { maximumReferences, sidx } from './boxes/sidx.js';
import { readSegmentIndex } from './read-sidx.js';

const reference = (size: number, sap: SapType = 1) => ({ size, duration: 90_000, sap });

describe('a segment index', () => {
  it('is the box of ISO/IEC 14496-12 §8.16.3', () => {
    const box = sidx({
      timescale: 90_000,
      earliestPresentationTime: 2 ** 32 + 5,
      references: [reference(0x1234, 2), reference(7, 0)],
    });
    expect(Buffer.from(box).toString('hex').match(/.{8}/g)).toEqual([
      ...['00000040', '73696478', '01000000', '00000001', '00015f90'], // size, type, version, reference_ID, timescale
      ...['00000001', '00000005', '00000000', '00000000', '00000002'], // time, first_offset, reserved and count
      ...['00001234', '00015f90', 'a0000000'], // media, starts with an access point of type 2
      ...['00000007', '00015f90', '00000000'],
    ]);
  });

  it('is read again as it was written, between other boxes', () => {
    const box = sidx({
      timescale: 48_000,
      earliestPresentationTime: 96,
      references: [reference(10), reference(20, 3)],
    });
    const free = Uint8Array.of(0, 0, 0, 8, ...Buffer.from('free'));
    const read = { toIndex: false, duration: 90_000, startsWithSap: true };
    expect(readSegmentIndex(concat(free, box, free))).toEqual({
      ...{ timescale: 48_000, earliestPresentationTime: 96, firstOffset: 0 },
      references: [
        { ...read, size: 10 },
        { ...read, size: 20 },
      ],
    });
  });

  it.each([
    [0, false],
    [1, true],
    [2, true],
    [3, true],
    [4, false],
  ] as const)('says of a subsegment that begins with type %i whether a player may start there', (sap, expected) => {
    const box = sidx({ timescale: 1, earliestPresentationTime: 0, references: [reference(1, sap)] });
    expect(readSegmentIndex(box).references[0]?.startsWithSap).toBe(expected);
  });

  it('of version 0 has times of 32 bits', () => {
    const box = Buffer.from(
      '0000002c736964780000000000000001000003e80000000700000009' + '00000001' + '8000000500000064' + '00000000',
      'hex',
    );
    expect(readSegmentIndex(box)).toEqual({
      ...{ timescale: 1000, earliestPresentationTime: 7, firstOffset: 9 },
      references: [{ toIndex: true, size: 5, duration: 100, startsWithSap: false }],
    });
  });

  it('lists what its count has room for, and no more', () => {
    const all = Array.from({ length: maximumReferences }, () => reference(1));
    const index = { timescale: 1, earliestPresentationTime: 0 };
    expect(readSegmentIndex(sidx({ ...index, references: all })).references).toHaveLength(65_535);
    expect(() => sidx({ ...index, references: [...all, reference(1)] })).toThrow(
      '65535 references at most; given: 65536',
    );
  });

  it('that is cut off or not there is refused', () => {
    const box = Buffer.from(sidx({ timescale: 1, earliestPresentationTime: 0, references: [reference(1)] }));
    box.writeUInt16BE(2, 38);
    expect(() => readSegmentIndex(box)).toThrow('need');
    expect(() => readSegmentIndex(new Uint8Array())).toThrow('no sidx');
  });
});
