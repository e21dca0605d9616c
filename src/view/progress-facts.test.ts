import { expect, it } from 'vitest';
import { progressFacts } from './progress-facts.js';
import type { Rate } from './progress-rate.js';

const written = {
  count: (value: number) => String(value),
  decimal: (value: number) => value.toFixed(1),
  bytes: (bytes: number) => `${bytes} B`,
  duration: (milliseconds: number) => `${milliseconds} ms`,
};
const rate: Rate = { perSecond: 2, bytesPerSecond: undefined, timeLeft: 5000 };
const segments = { done: 90, total: 100, unit: 'segments' };

it.each([
  [segments, undefined, ['90 of 100 segments']],
  [segments, rate, ['90 of 100 segments', '2.0 segments/s', '5000 ms left']],
  [
    { ...segments, note: '7 B written' },
    { ...rate, bytesPerSecond: 3 },
    ['90 of 100 segments', '7 B written', '3 B/s', '5000 ms left'],
  ],
  [segments, { perSecond: 0, bytesPerSecond: 0, timeLeft: undefined }, ['90 of 100 segments']],
  [{ ...segments, unit: 'bytes' }, rate, ['90 B of 100 B', '2 B/s', '5000 ms left']],
  [{ ...segments, done: 100 }, rate, ['100 of 100 segments', '2.0 segments/s']],
])('of %o at %o is said: %o', (progress, at, facts) => {
  expect(progressFacts(progress, at, written)).toEqual(facts);
});
