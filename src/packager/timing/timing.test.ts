import { describe, expect, it } from 'vitest';
import { rescale } from './timescale.js';
import { timestampModulus, unwrap } from './unwrap.js';

describe('unwrap', () => {
  it.each([
    [100, 0, 100],
    [10, timestampModulus - 10, timestampModulus + 10],
    [timestampModulus - 10, 10, -10],
    [timestampModulus - 10, timestampModulus + 10, timestampModulus - 10],
    [5, 7 * timestampModulus + 3, 7 * timestampModulus + 5],
  ])('takes %d near %d for %d', (timestamp, reference, expected) => {
    expect(unwrap(timestamp, reference)).toBe(expected);
  });
});

describe('rescale', () => {
  it.each([
    [90_000, 90_000, 48_000, 48_000],
    [1, 90_000, 44_100, 0],
    [2, 90_000, 44_100, 1],
    [-1, 90_000, 48_000, -1],
    [2 ** 45, 90_000, 44_100, Number((2n ** 45n * 44_100n + 45_000n) / 90_000n)],
  ])('%d of %d in %d is %d', (ticks, from, to, expected) => {
    expect(rescale(ticks, from, to)).toBe(expected);
  });
});
