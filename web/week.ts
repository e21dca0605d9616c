import type { RecordingSummary, Schedule } from '../src/api/contract';
import { weekdays } from './ingest-words';

type Class = Schedule['classes'][number];

/** A class on one day: with what came of it. */
export interface Meeting {
  readonly class: Class;
  readonly recordings: readonly RecordingSummary[];
  /** `soon`: it began so shortly ago that its recording cannot be here yet */
  readonly state: 'came' | 'missing' | 'soon' | 'expected';
}

export interface Day {
  /** `2026-11-23`, of the schedule's zone */
  readonly date: string;
  readonly isToday: boolean;
  readonly meetings: readonly Meeting[];
}

export interface Week {
  readonly days: readonly Day[];
  /** of meetings of this week that no class of the schedule is for */
  readonly others: readonly RecordingSummary[];
}

const minute = 60_000;
const day = 86_400_000;
/** milliseconds after a class has begun in which its recording may still be made or prepared by Zoom */
const patience = 4 * 3_600_000;

/** Milliseconds since 1970 that the wall clock of the zone shows, read as if it stood in UTC. */
export function wallTime(instant: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric' },
  });
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(parts.year ?? 1970, (parts.month ?? 1) - 1, parts.day, parts.hour, parts.minute);
}

/** The Monday of the week of a wall time, as a date. */
export function mondayOf(wall: number): string {
  const midnight = Math.floor(wall / day) * day;
  // 1970-01-01 was a Thursday.
  return dateOf(midnight - ((Math.floor(wall / day) + 3) % 7) * day);
}

export function dateOf(wall: number): string {
  return new Date(wall).toISOString().slice(0, 10);
}

/** Days after a date. */
export function later(date: string, days: number): string {
  return dateOf(Date.parse(date) + days * day);
}

/**
 * What is expected in a week, what came, and what is missing. A recording belongs to the nearest class of its meeting within the buffer, or, when it
 * goes on shortly after another one ended, to that one's: as the server decides it.
 */
export function weekOf(
  { classes, timeZone, bufferMinutes }: Schedule,
  recordings: readonly RecordingSummary[],
  { monday, now }: { readonly monday: string; readonly now: number },
): Week {
  const begin = Date.parse(monday);
  const wallNow = wallTime(now, timeZone);
  const planned = classes.map((each) => ({ each, at: startOf(each, begin), came: [] as RecordingSummary[] }));
  const others: RecordingSummary[] = [];
  const running = new Map<string, { end: number; came: RecordingSummary[] }>();
  for (const recording of [...recordings].sort((a, b) => a.startTime.localeCompare(b.startTime))) {
    const wall = wallTime(Date.parse(recording.startTime), timeZone);
    if (wall < begin - day || wall >= begin + 8 * day) continue;
    const nearest = planned
      .filter(({ each, at }) => each.meetingId === recording.meetingId && Math.abs(at - wall) < bufferMinutes * minute)
      .sort((a, b) => Math.abs(a.at - wall) - Math.abs(b.at - wall))
      .at(0);
    const before = running.get(recording.meetingId);
    const came = nearest?.came ?? (before && wall - before.end < bufferMinutes * minute ? before.came : undefined);
    if (came) {
      came.push(recording);
      running.set(recording.meetingId, { end: wall + recording.durationMinutes * minute, came });
    } else if (wall >= begin && wall < begin + 7 * day) others.push(recording);
  }
  const days = weekdays.map((weekday, index): Day => {
    const date = later(monday, index);
    const meetings = planned
      .filter(({ each }) => each.day === weekday)
      .sort((a, b) => a.at - b.at)
      .map(({ each, at, came }): Meeting => ({ class: each, recordings: came, state: stateOf(at, came, wallNow) }));
    return { date, isToday: date === dateOf(wallNow), meetings };
  });
  return { days, others };
}

function startOf({ day: weekday, time }: Class, monday: number): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return monday + weekdays.indexOf(weekday) * day + (hours * 60 + minutes) * minute;
}

function stateOf(at: number, came: readonly RecordingSummary[], now: number): Meeting['state'] {
  if (came.length > 0) return 'came';
  if (at > now) return 'expected';
  return now - at < patience ? 'soon' : 'missing';
}
