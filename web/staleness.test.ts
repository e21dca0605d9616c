import { describe, expect, it } from 'vitest';
import { unreachable } from './api';
import { isOld } from './staleness';

const now = Date.parse('2026-11-28T12:00:00Z');

describe('what is shown is old', () => {
  it.each([
    ['not while answers come in time', { answeredAt: now - 14_000, everyMs: 5000, problem: undefined }, false],
    ['when the next answer is overdue', { answeredAt: now - 16_000, everyMs: 5000, problem: undefined }, true],
    ['when the last question failed', { answeredAt: now - 1000, everyMs: 5000, problem: unreachable() }, true],
    ['not because it is asked for once', { answeredAt: now - 9e6, everyMs: undefined, problem: undefined }, false],
    ['not when there is nothing', { answeredAt: undefined, everyMs: 5000, problem: unreachable() }, false],
  ])('%s', (_, answered, old) => {
    expect(isOld(answered, now)).toBe(old);
  });
});
