import { describe, expect, it } from 'vitest';
import { alone, partsOf } from './package-part.js';

describe('an endpoint is cut into parts', () => {
  it.each([
    { tasks: 200, workers: 8, parts: 2, why: 'there is enough for two' },
    { tasks: 54_000, workers: 8, parts: 8, why: 'every worker gets one' },
    { tasks: 54_000, workers: 2, parts: 2, why: 'there are no more workers' },
  ])('$parts of $tasks tasks with $workers workers: $why', ({ tasks, workers, parts }) => {
    expect(partsOf(tasks, workers)).toBe(parts);
  });

  it('of which there are two at least', () => {
    expect(partsOf(alone + 1, 2)).toBe(2);
  });
});
