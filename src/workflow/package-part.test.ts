import { describe, expect, it } from 'vitest';
import { partsOf } from './package-part.js';

describe('an endpoint is cut into parts', () => {
  it.each([
    { tasks: 0, workers: 8, parts: 1, why: 'nothing is left' },
    { tasks: 199, workers: 8, parts: 1, why: 'two parts would be too small' },
    { tasks: 200, workers: 8, parts: 2, why: 'there is enough for two' },
    { tasks: 54_000, workers: 8, parts: 8, why: 'every worker gets one' },
    { tasks: 54_000, workers: 0, parts: 1, why: 'nobody has given a sign of life' },
  ])('$parts of $tasks tasks with $workers workers: $why', ({ tasks, workers, parts }) => {
    expect(partsOf(tasks, workers)).toBe(parts);
  });
});
