import { describe, expect, it } from 'vitest';
import type { Recording } from '../domain/recording.js';
import type { ScheduledClass } from '../domain/schedule.js';
import { decideIngest, type IntakeFacts, type IntakeRules } from './decide-ingest.js';
import { matchSchedule, type Timed } from './match-schedule.js';

const newYork = { timeZone: 'America/New_York', bufferMinutes: 30 };
let count = 0;

function scheduled(day: ScheduledClass['day'], time: string, change: Partial<ScheduledClass> = {}): ScheduledClass {
  return { meetingId: '1', seriesId: `${day} ${time}`, courseCode: 'A', title: 'Lecture', day, time, ...change };
}

function timed(startTime: string, change: Partial<Timed> = {}): Timed {
  return { uuid: `u${++count}`, meetingId: '1', startTime, durationMinutes: 50, files: [], ...change };
}

function matched(start: string | Timed, classes: ScheduledClass[], rules = newYork, others: Timed[] = []) {
  const recording = typeof start === 'string' ? timed(start) : start;
  return matchSchedule(recording, others, classes, rules)?.seriesId;
}

describe('a recording belongs to the class', () => {
  // Monday 2026-11-23, 09:00 in New York (UTC-5).
  const monday = [scheduled('M', '09:00')];
  it.each([
    ['that begins when it does', '2026-11-23T14:00:00Z', true],
    ['that it begins 29 minutes late for', '2026-11-23T14:29:59Z', true],
    ['not that it begins 30 minutes late for', '2026-11-23T14:30:00Z', false],
    ['that it begins 29 minutes early for', '2026-11-23T13:31:00Z', true],
    ['not that it begins 30 minutes early for', '2026-11-23T13:30:59Z', false],
    ['not that begins at the same time on another day', '2026-11-24T14:00:00Z', false],
    ['not that begins at the same time in UTC', '2026-11-23T09:00:00Z', false],
  ])('%s', (_, start, expected) => {
    expect(matched(start, monday)).toBe(expected ? 'M 09:00' : undefined);
  });

  it('of its own meeting only', () => {
    expect(matched('2026-11-23T14:00:00Z', [scheduled('M', '09:00', { meetingId: '2' })])).toBeUndefined();
  });

  it.each([
    ['begins after midnight and it before', 'T 00:10', '2026-11-24T04:50:00Z'],
    ['begins before midnight and it after', 'M 23:50', '2026-11-24T05:10:00Z'],
    ['is on Sunday night, and it on Monday', 'U 23:45', '2026-11-23T05:05:00Z'],
  ])('that %s', (_, dayAndTime, start) => {
    const [day, time] = dayAndTime.split(' ') as [ScheduledClass['day'], string];
    expect(matched(start, [scheduled(day, time)])).toBe(dayAndTime);
  });

  it('that is the nearest of several courses of one meeting; at the same distance the first', () => {
    const classes = [scheduled('M', '09:00'), scheduled('M', '09:40'), scheduled('T', '09:00')];
    expect(matched('2026-11-23T14:15:00Z', classes)).toBe('M 09:00');
    expect(matched('2026-11-23T14:25:00Z', classes)).toBe('M 09:40');
    expect(matched('2026-11-23T14:20:00Z', classes)).toBe('M 09:00');
    expect(matched('2026-11-24T14:00:00Z', classes)).toBe('T 09:00');
  });

  it('that the recording began with, of a meeting that was opened long before', () => {
    const files = [
      { fileType: 'MP4', recordingStart: '2026-11-23T15:30:00Z' },
      { fileType: 'MP4', recordingStart: '2026-11-23T14:02:00Z' },
    ];
    expect(matched(timed('2026-11-23T12:00:00Z', { files }), monday)).toBe('M 09:00');
    expect(matched(timed('2026-11-23T12:00:00Z', { files: files.slice(0, 1) }), monday)).toBeUndefined();
  });

  it('with a buffer of nothing matches nothing, as ever', () => {
    expect(matched('2026-11-23T14:00:00Z', monday, { ...newYork, bufferMinutes: 0 })).toBeUndefined();
    expect(matched('2026-11-23T14:00:00Z', monday, { ...newYork, bufferMinutes: 1 })).toBe('M 09:00');
  });
});

describe('a meeting that broke off and was opened again', () => {
  const monday = [scheduled('M', '09:00')];
  const first = timed('2026-11-23T14:00:00Z', { durationMinutes: 40 });
  const second = timed('2026-11-23T14:45:00Z', { durationMinutes: 20 });
  const third = timed('2026-11-23T15:09:00Z');

  it('goes on with the class, however often', () => {
    expect(matched(second, monday, newYork, [first, second])).toBe('M 09:00');
    expect(matched(third, monday, newYork, [third, second, first])).toBe('M 09:00');
    expect(matched(third, monday, newYork, [first])).toBe('M 09:00');
  });

  it('does not when too much time has passed, or the first one was no class', () => {
    const late = timed('2026-11-23T15:10:01Z');
    expect(matched(late, monday, newYork, [{ ...first, durationMinutes: 40 }])).toBeUndefined();
    expect(matched(second, [scheduled('M', '07:00')], newYork, [first])).toBeUndefined();
    expect(matched(second, monday, newYork, [{ ...first, meetingId: '2' }])).toBeUndefined();
  });

  it('belongs to the next class when that begins then', () => {
    const classes = [...monday, scheduled('M', '10:00')];
    expect(matched(second, classes, newYork, [first])).toBe('M 10:00');
  });
});

describe('when clocks change', () => {
  it('the class stays at its local time', () => {
    const sunday = [scheduled('U', '09:00')];
    expect(matched('2026-10-25T13:00:00Z', sunday)).toBe('U 09:00'); // daylight saving time
    expect(matched('2026-11-01T14:00:00Z', sunday)).toBe('U 09:00'); // the day on which it ends
    expect(matched('2026-11-01T13:00:00Z', sunday)).toBeUndefined();
    expect(matched('2026-03-08T13:00:00Z', sunday)).toBe('U 09:00'); // the day on which it begins
  });

  it('the hour that comes twice is the class both times, and the night around it none', () => {
    const night = [scheduled('U', '01:30')];
    expect(matched('2026-11-01T05:30:00Z', night)).toBe('U 01:30');
    expect(matched('2026-11-01T06:30:00Z', night)).toBe('U 01:30');
    expect(matched('2026-11-01T07:30:00Z', night)).toBeUndefined();
    expect(matched('2026-11-01T04:30:00Z', night)).toBeUndefined();
  });

  it('the hour that does not come is found on either side', () => {
    const night = [scheduled('U', '02:30')];
    expect(matched('2026-03-08T06:30:00Z', night)).toBe('U 02:30'); // 01:30
    expect(matched('2026-03-08T07:30:00Z', night)).toBe('U 02:30'); // 03:30
    expect(matched('2026-03-08T05:30:00Z', night)).toBeUndefined();
  });

  it.each([
    ['Asia/Kolkata', '2026-11-23T03:30:00Z'],
    ['Pacific/Kiritimati', '2026-11-22T19:00:00Z'],
    ['Pacific/Pago_Pago', '2026-11-23T20:00:00Z'],
    ['Australia/Lord_Howe', '2026-11-22T22:00:00Z'],
    ['UTC', '2026-11-23T09:00:00Z'],
  ])('nine on Monday in %s is %s', (timeZone, start) => {
    expect(matched(start, [scheduled('M', '09:00')], { timeZone, bufferMinutes: 1 })).toBe('M 09:00');
  });
});

describe('the decision', () => {
  const rules: IntakeRules = { ...newYork, minimumDuration: 2, defaultSeriesId: undefined };
  const facts: IntakeFacts = { others: [], classes: [scheduled('M', '09:00', { title: 'Section' })] };
  const recording: Recording = {
    ...{ accountId: 'a', uuid: 'u', meetingId: '1', topic: 'Algebra', hostId: 'h', durationMinutes: 50 },
    startTime: '2026-11-23T14:00:00Z',
    files: [{ fileType: 'MP4' }],
  };
  const unmatched = { ...recording, meetingId: '2' };

  it('is the class of the schedule, with its title and course', () => {
    expect(decideIngest(recording, facts, rules)).toEqual({
      kind: 'ingest',
      series: { id: 'M 09:00', title: 'Section', type: 'Section', courseCode: 'A' },
    });
  });

  it("is a person's series before the schedule's, and the default one after it", () => {
    const both = { ...rules, defaultSeriesId: 'default' };
    expect(decideIngest(recording, { ...facts, seriesId: 'mine' }, both)).toMatchObject({ series: { id: 'mine' } });
    expect(decideIngest(recording, facts, both)).toMatchObject({ series: { id: 'M 09:00' } });
    expect(decideIngest(unmatched, facts, both)).toEqual({
      kind: 'ingest',
      series: { id: 'default', title: 'Lecture' },
    });
  });

  it('is where the class says that its recordings go, unless a person names another series', () => {
    const streamed = { ...facts, classes: [scheduled('M', '09:00', { publish: 'stream' })] };
    expect(decideIngest(recording, streamed, rules)).toMatchObject({ publish: 'stream' });
    expect(decideIngest(recording, { ...streamed, seriesId: 'M 09:00' }, rules)).toMatchObject({ publish: 'stream' });
    expect(decideIngest(recording, { ...streamed, seriesId: 'mine' }, rules)).not.toHaveProperty('publish');
  });

  it('is to wait for a schedule when there is no class', () => {
    expect(decideIngest(unmatched, facts, rules)).toEqual({
      ...{ kind: 'ignore', reason: 'No opencast series match', outcome: 'unmatched', awaitsSchedule: true },
    });
  });

  it.each([
    ['No mp4 files', 'ignored', { files: [{ fileType: 'CHAT' }] }],
    ['No mp4 files', 'ignored', { files: [] }],
    ['Recording <2 minutes', 'too_short', { durationMinutes: 1 }],
  ])('is for good: %s', (reason, outcome, change) => {
    const expected = { kind: 'ignore', reason, outcome, awaitsSchedule: false };
    expect(decideIngest({ ...recording, ...change }, { ...facts, seriesId: 'mine' }, rules)).toEqual(expected);
  });

  it('goes by the files where Zoom gives no duration', () => {
    const lasting = (seconds: number) => {
      const recordingEnd = new Date(Date.parse(recording.startTime) + seconds * 1000).toISOString().replace('.000', '');
      return [{ fileType: 'MP4', recordingStart: recording.startTime, recordingEnd }];
    };
    const decided = (durationMinutes: number, seconds: number) =>
      decideIngest({ ...recording, durationMinutes, files: lasting(seconds) }, facts, rules);
    expect(decided(0, 120).kind).toBe('ingest');
    expect(decided(0, 119)).toMatchObject({ kind: 'ignore', outcome: 'too_short' });
    expect(decided(1, 120)).toMatchObject({ kind: 'ignore', outcome: 'too_short' });
  });

  it('takes sound without pictures, and types in any case', () => {
    for (const fileType of ['M4A', 'mp4'])
      expect(decideIngest({ ...recording, files: [{ fileType }] }, facts, rules).kind).toBe('ingest');
  });
});
