import type { RecordingSummary, Schedule } from '../api/contract.js';
import { weekdays } from '../domain/schedule.js';
import { localClock } from '../intake/local-time.js';
import { matchSchedule } from '../intake/match-schedule.js';

/** A class on one day, with what came of it. */
export interface Meeting {
  /** `2026-11-23`, of the schedule's zone */
  readonly date: string;
  readonly class: Schedule['classes'][number];
  /** `soon`: it began so shortly ago that its recording cannot be here yet */
  readonly state: 'came' | 'missing' | 'soon' | 'expected';
  readonly recordings: readonly RecordingSummary[];
}

export interface Week {
  /** its date */
  readonly monday: string;
  readonly meetings: readonly Meeting[];
  /** Began in this week and belong to no class of it. */
  readonly others: readonly RecordingSummary[];
}

const day = 86_400_000;
/** milliseconds after a class has begun in which its recording may still be made or prepared by Zoom */
const patience = 4 * 3_600_000;

/** The Monday of the week that a date lies in; of today's, in the zone. */
export function mondayOf(date: string | undefined, timeZone: string, now: number): string {
  const midnight = date === undefined ? localClock(timeZone).wallTime(now) : Date.parse(date);
  const days = Math.floor(midnight / day);
  // 1970-01-01 was a Thursday.
  return later('1970-01-01', days - ((days + 3) % 7));
}

/** Days after a date. */
export function later(date: string, days: number): string {
  return new Date(Date.parse(date) + days * day).toISOString().slice(0, 10);
}

/**
 * What is expected in a week, what came, and what is missing. Which class a recording belongs to is decided as for an ingest.
 * @param recordings of the week and of the days before and after it: days are of UTC there
 */
export function weekOf(
  { classes, timeZone, bufferMinutes }: Schedule,
  recordings: readonly RecordingSummary[],
  { monday, now }: { readonly monday: string; readonly now: number },
): Week {
  const clock = localClock(timeZone);
  const timed = recordings.map((recording) => ({ ...recording, files: [] }));
  const matched = recordings.map((recording, index) => {
    const found = matchSchedule(timed[index]!, timed, classes, { timeZone, bufferMinutes });
    return { recording, found, start: Date.parse(recording.startTime) };
  });
  const meetings = classes.map((each) => {
    const date = later(monday, weekdays.indexOf(each.day));
    const begin = clock.instants(Date.parse(`${date}T${each.time}Z`))[0] ?? 0;
    const came = matched.filter(({ found, start }) => found === each && Math.abs(start - begin) < day);
    const state = came.length > 0 ? 'came' : stateWithout(begin, now);
    return { date, begin, class: each, state, recordings: came.map(({ recording }) => recording) } as const;
  });
  const taken = new Set(meetings.flatMap((meeting) => meeting.recordings));
  const isOfWeek = (start: number) => {
    const wall = clock.wallTime(start);
    return wall >= Date.parse(monday) && wall < Date.parse(monday) + 7 * day;
  };
  return {
    monday,
    meetings: meetings.sort((a, b) => a.begin - b.begin).map(({ begin: _, ...meeting }) => meeting),
    others: matched
      .filter(({ recording, start }) => !taken.has(recording) && isOfWeek(start))
      .map(({ recording }) => recording),
  };
}

function stateWithout(begin: number, now: number): 'missing' | 'soon' | 'expected' {
  if (begin > now) return 'expected';
  return now - begin < patience ? 'soon' : 'missing';
}
