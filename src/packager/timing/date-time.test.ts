import { afterEach, describe, expect, it } from 'vitest';
import { readDateTime } from './date-time.js';

const { TZ } = process.env;
afterEach(() => {
  if (TZ === undefined) delete process.env.TZ;
  else process.env.TZ = TZ;
});

describe('a date and time of a playlist', () => {
  it.each([
    ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.678Z'],
    ['2026-01-02T03:04:05+01:00', '2026-01-02T02:04:05.000Z'],
    ['2026-01-02T03:04:05-0500', '2026-01-02T08:04:05.000Z'],
    ['2026-01-02T03:04:05.678', '2026-01-02T03:04:05.678Z'],
    [' 2026-01-02 03:04:05', '2026-01-02T03:04:05.000Z'],
  ])('%j does not depend on where the machine is', (text, expected) => {
    process.env.TZ = 'America/New_York';
    expect(new Date(readDateTime(text)).toISOString()).toBe(expected);
  });

  it('is a number only where it is one', () => {
    expect(readDateTime('')).toBeNaN();
    expect(readDateTime('yesterday')).toBeNaN();
  });
});
