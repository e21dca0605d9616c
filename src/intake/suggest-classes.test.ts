import { describe, expect, it } from 'vitest';
import type { ScheduledClass } from '../domain/schedule.js';
import { suggestClasses } from './suggest-classes.js';

const rules = { timeZone: 'America/New_York', bufferMinutes: 30 };
const algebra: ScheduledClass = {
  ...{ meetingId: '111111111', seriesId: 'algebra', courseCode: 'MATH 101', day: 'M', time: '09:00', title: 'Lecture' },
};
const others: ScheduledClass[] = [
  { ...algebra, meetingId: '222222222', seriesId: 'physics', courseCode: 'PHYS 1', time: '14:00' },
  { ...algebra, meetingId: '333333333', seriesId: 'poetry', courseCode: 'LIT-7', day: 'R', time: '14:00' },
];
const suggest = (change: object) =>
  suggestClasses(
    // Monday, 09:00 in New York
    { meetingId: '999999999', topic: 'Office hours', startTime: '2026-11-23T14:00:00Z', ...change },
    [algebra, ...others],
    rules,
  ).map(({ class: { seriesId }, because, minutesLate }) => [seriesId, because, minutesLate]);

describe('classes that a recording might belong to', () => {
  it('are those of its meeting, however far away in time', () => {
    expect(suggest({ meetingId: '111111111', startTime: '2026-11-25T16:00:00Z' })).toEqual([
      ['algebra', 'meeting', 2 * 24 * 60 + 120],
    ]);
    expect(suggest({ meetingId: '111111111', startTime: '2026-11-22T13:30:00Z' })).toEqual([
      ['algebra', 'meeting', -(24 * 60 + 30)],
    ]);
  });

  it('those whose course the topic names as a word, and those that take place at that time, the likelier first', () => {
    expect(suggest({ topic: 'Seminar for LIT 7, guests' })).toEqual([
      ['poetry', 'topic', expect.any(Number)],
      ['algebra', 'time', 0],
    ]);
    expect(suggest({ topic: 'LIT 77', startTime: '2026-11-23T19:10:00Z' })).toEqual([['physics', 'time', 10]]);
    expect(suggest({ topic: 'at night', startTime: '2026-11-23T05:00:00Z' })).toEqual([]);
  });
});
