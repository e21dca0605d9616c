import { describe, expect, it } from 'vitest';
import { spliceSections } from '../../../../test/support/splice-cases.js';
import { writeSpliceInsert, writeTimeSignal } from '../../../../test/support/splice-writer.js';
import { mpegCrc32 } from '../../bits/mpeg-crc32.js';
import { parseSpliceInfo, shiftSplice } from './splice-info-section.js';

describe('parseSpliceInfo', () => {
  it.each(spliceSections.valid)('reads $name', ({ section, info }) => {
    expect(parseSpliceInfo(section)).toEqual(info);
  });

  it.each(spliceSections.broken)('refuses $name', ({ section, message }) => {
    expect(() => parseSpliceInfo(section)).toThrow(message);
  });
});

describe('shiftSplice', () => {
  it.each([
    [900, 1000, 1900],
    [2 ** 33 - 10, 25, 15],
    [5, -10, 2 ** 33 - 5],
  ])('moves a message of tick %d by %d ticks to %d', (pts, ticks, expected) => {
    const shifted = shiftSplice(writeTimeSignal(pts), ticks);
    expect(mpegCrc32(shifted)).toBe(0);
    expect(parseSpliceInfo(shifted).ptsTime).toBe(expected);
  });

  it('changes nothing else', () => {
    const section = writeSpliceInsert({ pts: 5, duration: 90_000 }, { ptsAdjustment: 2 ** 32 + 7 });
    expect(shiftSplice(shiftSplice(section, 1e9), -1e9)).toEqual(section);
  });
});
