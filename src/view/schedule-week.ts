import type { ScheduledClass } from '../domain/schedule.js';
import { weekdays, type Weekday } from '../domain/weekday.js';
import { localClock } from '../intake/local-time.js';
import { matchSchedule } from '../intake/match-schedule.js';

/** What a week needs to know of a recording. */
export interface RecordingOfWeek {
  readonly uuid: string;
  readonly meetingId: string;
  readonly startTime: string;
  readonly durationMinutes: number;
}

export interface ScheduleOfWeek<Class> {
  /** IANA name, of the classes' times */
  readonly timeZone: string;
  readonly bufferMinutes: number;
  readonly classes: readonly Class[];
}

/** A class on one day, with what came of it. */
export interface Meeting<Class, Recording> {
  /** `2026-11-23`, of the schedule's zone */
  readonly date: string;
  readonly class: Class;
  /** `soon`: it began so shortly ago that its recording cannot be here yet */
  readonly state: MeetingState;
  readonly recordings: readonly Recording[];
}

export type MeetingState = 'came' | 'missing' | 'soon' | 'expected';

export const meetingWords: Record<MeetingState, string> = {
  came: 'came',
  missing: 'missing',
  soon: 'not yet',
  expected: 'expected',
};

export interface Week<Class, Recording> {
  /** its date */
  readonly monday: string;
  /** in the order of their times */
  readonly meetings: readonly Meeting<Class, Recording>[];
  /** Began in this week and belong to no class of it. */
  readonly others: readonly Recording[];
}

const day = 86_400_000;
/** milliseconds after a class has begun in which its recording may still be made or prepared by Zoom */
const patience = 4 * 3_600_000;

/** The date that a calendar of the zone shows. @param now milliseconds since 1970 */
export function today(timeZone: string, now: number): string {
  return dateOf(localClock(timeZone).wallTime(now));
}

/** The Monday of the week that a date lies in. */
export function mondayOf(date: string): string {
  const days = Math.floor(Date.parse(date) / day);
  // 1970-01-01 was a Thursday.
  return later('1970-01-01', days - ((days + 3) % 7));
}

/** Days after a date. */
export function later(date: string, days: number): string {
  return dateOf(Date.parse(date) + days * day);
}

function dateOf(wallTime: number): string {
  return new Date(wallTime).toISOString().slice(0, 10);
}

/** The days of a week, Monday first. */
export function daysOf(monday: string): readonly { readonly weekday: Weekday; readonly date: string }[] {
  return weekdays.map((weekday, index) => ({ weekday, date: later(monday, index) }));
}

/** First and last day, in UTC, of the recordings that a week is made of: its own and those around it, whatever the zone. */
export function recordingDays(monday: string): { readonly from: string; readonly to: string } {
  return { from: later(monday, -1), to: later(monday, 7) };
}

/** Is it said of the class: in its course, title, meeting or series? */
export function isClassWith(
  { courseCode, title, meetingId, seriesId }: Pick<ScheduledClass, 'courseCode' | 'title' | 'meetingId' | 'seriesId'>,
  text: string,
): boolean {
  return [courseCode, title, meetingId, seriesId].some((each) => each.toLowerCase().includes(text.toLowerCase()));
}

/**
 * What is expected in a week, what came, and what is missing. Which class a recording belongs to is decided as for an ingest.
 * @param recordings of `recordingDays`
 */
export function weekOf<Class extends ScheduledClass, Recording extends RecordingOfWeek>(
  { classes, timeZone, bufferMinutes }: ScheduleOfWeek<Class>,
  recordings: readonly Recording[],
  { monday, now }: { readonly monday: string; readonly now: number },
): Week<Class, Recording> {
  const clock = localClock(timeZone);
  const matched = matches(recordings, classes, { timeZone, bufferMinutes });
  const meetings = classes.map((each) => {
    const date = later(monday, weekdays.indexOf(each.day));
    const begin = clock.instants(Date.parse(`${date}T${each.time}Z`))[0] ?? 0;
    const came = matched.filter(({ found, start }) => found === each && Math.abs(start - begin) < day);
    const state = came.length > 0 ? 'came' : stateWithout(begin, now);
    return { date, begin, class: each, state, recordings: came.map(({ recording }) => recording) } as const;
  });
  const taken = new Set(meetings.flatMap((meeting) => meeting.recordings));
  const isOfWeek = (start: number) => mondayOf(dateOf(clock.wallTime(start))) === monday;
  return {
    monday,
    meetings: meetings.sort((a, b) => a.begin - b.begin).map(({ begin: _, ...meeting }) => meeting),
    others: matched
      .filter(({ recording, start }) => !taken.has(recording) && isOfWeek(start))
      .map(({ recording }) => recording),
  };
}

interface Match<Recording> {
  readonly recording: Recording;
  readonly found: ScheduledClass | undefined;
  readonly start: number;
}

function matches<Recording extends RecordingOfWeek>(
  recordings: readonly Recording[],
  classes: readonly ScheduledClass[],
  rules: { readonly timeZone: string; readonly bufferMinutes: number },
): Match<Recording>[] {
  const timed = recordings.map((recording) => ({ ...recording, files: [] }));
  // A week may have thousands of them, and few of one meeting.
  const ofMeeting = new Map<string, typeof timed>();
  for (const each of timed) ofMeeting.set(each.meetingId, [...(ofMeeting.get(each.meetingId) ?? []), each]);
  return recordings.map((recording, index) => ({
    recording,
    found: matchSchedule(timed[index]!, ofMeeting.get(recording.meetingId) ?? [], classes, rules),
    start: Date.parse(recording.startTime),
  }));
}

function stateWithout(begin: number, now: number): 'missing' | 'soon' | 'expected' {
  if (begin > now) return 'expected';
  return now - begin < patience ? 'soon' : 'missing';
}
