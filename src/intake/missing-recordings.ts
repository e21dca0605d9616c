import type { ScheduledClass } from '../domain/schedule.js';
import { localClock, wallTimesAround } from './local-time.js';

/** A class that was held, or should have been, at a date. */
export interface Occurrence {
  readonly scheduled: ScheduledClass;
  /** milliseconds since 1970 */
  readonly begin: number;
}

const hour = 3_600_000;

/**
 * When the classes of a schedule began lately.
 * @param span milliseconds since 1970: began at or after `from`, before `until`
 */
export function occurrences(
  classes: readonly ScheduledClass[],
  { from, until }: { readonly from: number; readonly until: number },
  timeZone: string,
): Occurrence[] {
  const clock = localClock(timeZone);
  const wall = clock.wallTime(until - (until % 60_000));
  return classes.flatMap((scheduled) => {
    const begins = wallTimesAround(wall, scheduled.day, scheduled.time).flatMap((time) =>
      clock.instants(time).slice(0, 1),
    );
    return begins.filter((begin) => begin >= from && begin < until).map((begin) => ({ scheduled, begin }));
  });
}

/** Those of which no recording is known: of the class's meeting, begun up to an hour before the class or until `hours` after its beginning. */
export function withoutRecording(
  held: readonly Occurrence[],
  recordings: readonly { readonly meetingId: string; readonly startTime: number }[],
  hours: number,
): Occurrence[] {
  return held.filter(
    ({ scheduled, begin }) =>
      !recordings.some(
        ({ meetingId, startTime }) =>
          meetingId === scheduled.meetingId && startTime > begin - hour && startTime < begin + hours * hour,
      ),
  );
}
