import { describe, expect, it } from 'vitest';
import { segmentOf } from './fragment-period.js';

describe('the segment of a sample', () => {
  it('is the first one that ends behind it, though others have no samples', () => {
    const boundaries = [0, 3, 3, 5, 9, 9];
    const found = Array.from({ length: 10 }, (_, sample) => segmentOf(boundaries, sample));
    expect(found).toEqual([1, 1, 1, 3, 3, 4, 4, 4, 4, 0]);
    expect(segmentOf([], 0)).toBe(0);
  });

  it('is found in no walk over all of them', () => {
    const boundaries = Array.from({ length: 200_000 }, (_, index) => index + 1);
    expect(boundaries.every((end) => segmentOf(boundaries, end - 1) === end - 1)).toBe(true);
  }, 20_000); // a walk takes a minute
});
