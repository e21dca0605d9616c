import { expect, it } from 'vitest';
import { isCalendarDay } from './calendar-day.js';

it.each([
  ['2026-11-22', true],
  ['2028-02-29', true],
  ['2026-02-29', false],
  ['2026-11-31', false],
  ['2026-13-01', false],
  ['2026-00-10', false],
  ['26-11-22', false],
  ['2026-11-22T00:00:00Z', false],
])('%s is a day of the calendar: %s', (text, is) => {
  expect(isCalendarDay(text)).toBe(is);
});
