import { describe, expect, it } from 'vitest';
import type { ScheduledClass } from '../domain/schedule.js';
import { occurrences, withoutRecording } from './missing-recordings.js';

const algebra: ScheduledClass = {
  ...{ meetingId: '123456789', seriesId: 's', courseCode: 'MATH 1', day: 'F', time: '09:00', title: 'Lecture' },
};
const zone = 'America/New_York';
// A Friday; New York is five hours behind.
const begin = Date.parse('2026-11-20T14:00:00Z');
const hour = 3_600_000;

describe('classes that were held', () => {
  it('are found at their local time', () => {
    const held = occurrences([algebra], { from: begin - hour, until: begin + hour }, zone);
    expect(held).toEqual([{ scheduled: algebra, begin }]);
  });

  it('are none on other days and at other hours', () => {
    expect(occurrences([algebra], { from: begin + 1, until: begin + 24 * hour }, zone)).toEqual([]);
    expect(occurrences([algebra], { from: begin - 24 * hour, until: begin }, zone)).toEqual([]);
  });
});

describe('a class without a recording', () => {
  const held = [{ scheduled: algebra, begin }];
  it.each([
    ['that began with it', { meetingId: '123456789', startTime: begin }, 0],
    ['that was opened early', { meetingId: '123456789', startTime: begin - hour / 2 }, 0],
    ['of another meeting', { meetingId: '987654321', startTime: begin }, 1],
    ['of the week before', { meetingId: '123456789', startTime: begin - 168 * hour }, 1],
  ])('is told apart from one with a recording %s', (_, recording, missing) => {
    expect(withoutRecording(held, [recording], 4)).toHaveLength(missing);
  });
});
