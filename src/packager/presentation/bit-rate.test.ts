import { describe, expect, it } from 'vitest';
import { averageBitRate, peakBitRate } from './bit-rate.js';

const segments = (...list: [bytes: number, duration: number][]) =>
  list.map(([bytes, duration]) => ({ bytes, duration }));

describe('bit rates', () => {
  it.each([
    ['the largest segment', segments([100, 4], [300, 4], [200, 4]), 600],
    ['a short last segment only with the one before', segments([400, 4], [400, 4], [400, 1]), 1280],
    ['short segments taken together', segments([100, 1], [100, 1], [600, 1], [400, 1]), 4000],
    ['a whole that is shorter than half the target', segments([100, 1]), 800],
    ['nothing', [], 0],
  ])('peak: %s', (_, list, expected) => {
    expect(peakBitRate(list, 4)).toBe(expected);
  });

  it('average: all bits over all time, rounded up', () => {
    expect(averageBitRate(segments([100, 4], [100, 2]))).toBe(267);
  });

  it('takes linear time however short the segments are', () => {
    const many = Array.from({ length: 200_000 }, (_, index) => ({ bytes: 1, duration: index === 100_000 ? 60 : 1e-5 }));
    expect(peakBitRate(many, 60)).toBeGreaterThan(0);
  });
});
