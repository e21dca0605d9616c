import { weekdays, type Weekday } from '../domain/weekday.js';

const day = 86_400_000;
const minute = 60_000;

/** Calendar and clock of a time zone. */
export interface LocalClock {
  /** Milliseconds since 1970 that the wall clock shows, read as if it stood in UTC. @param instant milliseconds since 1970 */
  wallTime(instant: number): number;
  /**
   * The instants at which the wall clock shows this: two in the night in which clocks go back; in the hour that is skipped when they go forward, the instants
   * on either side.
   */
  instants(wallTime: number): number[];
}

/** @param timeZone IANA name */
export function localClock(timeZone: string): LocalClock {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  function wallTime(instant: number): number {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day: date, hour, minute: minutes, second } = parts;
    return Date.UTC(year, month - 1, date, hour, minutes, second);
  }
  return {
    wallTime,
    instants(wall) {
      // Offsets in force around that time: no zone changes its clocks twice within two days.
      const offsets = new Set([wall - day, wall + day].map((instant) => wallTime(instant) - instant));
      const candidates = [...offsets].map((offset) => wall - offset);
      const exact = candidates.filter((instant) => wallTime(instant) === wall);
      return exact.length > 0 ? exact : candidates;
    },
  };
}

/** The weekday that a wall clock shows. */
export function weekdayOf(wallTime: number): Weekday {
  // 1970-01-01 was a Thursday.
  return weekdays[(Math.floor(wallTime / day) + 3) % 7] as Weekday;
}

/** Wall times at which it is that weekday and time of day, on the day itself and the days before and after. @param time `09:05` */
export function wallTimesAround(wall: number, weekday: Weekday, time: string): number[] {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const midnight = wall - (((wall % day) + day) % day);
  return [midnight - day, midnight, midnight + day]
    .filter((candidate) => weekdayOf(candidate) === weekday)
    .map((candidate) => candidate + (hours * 60 + minutes) * minute);
}
