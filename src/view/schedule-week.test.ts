import { describe, expect, it } from 'vitest';
import type { RecordingSummary, Schedule } from '../api/contract.js';
import { mondayOf, today, weekOf } from './schedule-week.js';

const timeZone = 'America/New_York';
const classOf = (day: 'M' | 'R' | 'U', time: string, meetingId: string) => ({
  ...{ day, time, meetingId, seriesId: `series-${meetingId}`, courseCode: 'MATH', title: 'Lecture', source: 'file:a' },
});
const schedule: Schedule = {
  ...{ timeZone, bufferMinutes: 30 },
  classes: [classOf('U', '23:50', '333333333'), classOf('R', '09:00', '111111111'), classOf('M', '10:00', '222222222')],
};

let made = 0;
function recording(meetingId: string, startTime: string, durationMinutes = 50): RecordingSummary {
  return {
    ...{ uuid: `uuid-${++made}`, meetingId, topic: '', startTime, durationMinutes, hostEmail: null },
    ...{ presence: 'available', awaitsSchedule: false, files: 1, bytes: null, ingests: [], playbackUrls: [] },
  };
}

/** What a week says of each of its classes, in order. */
function statesAt(now: string, ...recordings: RecordingSummary[]) {
  const { meetings, others } = weekOf(schedule, recordings, { monday: '2026-11-23', now: Date.parse(now) });
  return {
    states: meetings.map(({ date, class: { meetingId }, state }) => [date, meetingId, state]),
    meetings,
    others,
  };
}

describe('a week of the schedule', () => {
  it('has its classes in order: missing, not yet, expected', () => {
    // Thursday at 12 in New York.
    expect(statesAt('2026-11-26T17:00:00Z').states).toEqual([
      ['2026-11-23', '222222222', 'missing'],
      ['2026-11-26', '111111111', 'soon'],
      ['2026-11-29', '333333333', 'expected'],
    ]);
  });

  it('has what came with its class, also what began after midnight and what went on after a break', () => {
    const monday = recording('222222222', '2026-11-23T15:05:00Z');
    const goesOn = recording('222222222', '2026-11-23T16:00:00Z');
    const afterMidnight = recording('333333333', '2026-11-30T05:05:00Z');
    const { meetings, others } = statesAt('2026-12-24T00:00:00Z', goesOn, monday, afterMidnight);
    expect(meetings.map(({ state }) => state)).toEqual(['came', 'missing', 'came']);
    expect(meetings[0]!.recordings).toEqual([goesOn, monday]);
    expect(meetings[2]!.recordings).toEqual([afterMidnight]);
    expect(others).toEqual([]);
  });

  it('has what came outside of it, of this week alone', () => {
    const otherMeeting = recording('999999999', '2026-11-25T15:00:00Z');
    const otherTime = recording('111111111', '2026-11-25T15:00:00Z');
    const weekBefore = recording('999999999', '2026-11-23T04:59:00Z');
    const { others } = statesAt('2026-12-24T00:00:00Z', weekBefore, otherMeeting, otherTime);
    expect(others).toEqual([otherMeeting, otherTime]);
  });

  it.each([
    ['2026-11-23', '2026-11-23'],
    ['2026-11-29', '2026-11-23'],
    ['1969-12-31', '1969-12-29'],
  ])('of %s begins on Monday, %s', (date, monday) => {
    expect(mondayOf(date)).toBe(monday);
  });

  it('is of the day that it is in the zone: Sunday evening in New York is Monday in UTC', () => {
    expect(today(timeZone, Date.parse('2026-11-30T03:00:00Z'))).toBe('2026-11-29');
  });
});
