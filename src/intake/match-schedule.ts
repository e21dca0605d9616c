import type { Recording } from '../domain/recording.js';
import type { ScheduledClass } from '../domain/schedule.js';
import { localClock, wallTimesAround, type LocalClock } from './local-time.js';

export interface MatchRules {
  /** IANA name: the zone of the schedule's times */
  readonly timeZone: string;
  /** A recording belongs to a class when it begins less than so many minutes before or after it does. */
  readonly bufferMinutes: number;
}

/** What matching needs to know of a recording. */
export type Timed = Pick<Recording, 'uuid' | 'meetingId' | 'startTime' | 'durationMinutes' | 'files'>;

const minute = 60_000;

/**
 * The class that a recording belongs to, of its meeting's. The nearest one counts; of several at the same distance the first in the schedule. Tried in turn:
 * when the meeting began; when the recording began, for meetings that are opened long before; and, for a meeting that broke off and was opened again (which
 * has another uuid), the class of the recording that ended shortly before.
 * @param others recordings of the same meeting, this one may be among them
 */
export function matchSchedule(
  recording: Timed,
  others: readonly Timed[],
  classes: readonly ScheduledClass[],
  rules: MatchRules,
): ScheduledClass | undefined {
  const ofMeeting = classes.filter(({ meetingId }) => meetingId === recording.meetingId);
  if (ofMeeting.length === 0) return undefined;
  const buffer = rules.bufferMinutes * minute;
  const clock = localClock(rules.timeZone);
  const begin = Date.parse(recording.startTime);
  const earlier = others
    .filter(
      ({ uuid, meetingId, startTime }) =>
        uuid !== recording.uuid && meetingId === recording.meetingId && Date.parse(startTime) < begin,
    )
    .sort((a, b) => a.startTime.localeCompare(b.startTime));

  // Forward in time, so that a second restart continues the first one.
  let running: { found: ScheduledClass; end: number } | undefined;
  for (const each of [...earlier, recording]) {
    const start = Date.parse(each.startTime);
    const continued = running && start - running.end < buffer ? running.found : undefined;
    const found = directMatch(each, ofMeeting, clock, buffer) ?? continued;
    if (each === recording) return found;
    running = found && { found, end: Math.max(endOf(each), found === running?.found ? running.end : 0) };
  }
  return undefined;
}

function directMatch(
  recording: Timed,
  classes: readonly ScheduledClass[],
  clock: LocalClock,
  buffer: number,
): ScheduledClass | undefined {
  const recordingStart = recording.files
    .flatMap(({ recordingStart: start }) => (start === undefined ? [] : [start]))
    .sort()
    .at(0);
  for (const time of [recording.startTime, recordingStart]) {
    const found = time === undefined ? undefined : nearestClass(Date.parse(time), classes, clock, buffer);
    if (found) return found;
  }
  return undefined;
}

function nearestClass(
  begin: number,
  classes: readonly ScheduledClass[],
  clock: LocalClock,
  buffer: number,
): ScheduledClass | undefined {
  // Seconds do not count: 29:59 late is 29 minutes late.
  const start = begin - (begin % minute);
  const wall = clock.wallTime(start);
  let best: { distance: number; found: ScheduledClass } | undefined;
  for (const candidate of classes) {
    for (const wallTime of wallTimesAround(wall, candidate.day, candidate.time)) {
      const distance = Math.min(...clock.instants(wallTime).map((instant) => Math.abs(start - instant)));
      if (distance < buffer && distance < (best?.distance ?? Infinity)) best = { distance, found: candidate };
    }
  }
  return best?.found;
}

/** When the recording ended: Zoom's duration is of the meeting; of one that is not told, the files say. */
function endOf({ startTime, durationMinutes, files }: Timed): number {
  const ends = files.flatMap(({ recordingEnd }) => (recordingEnd === undefined ? [] : [Date.parse(recordingEnd)]));
  return Math.max(Date.parse(startTime) + durationMinutes * minute, ...ends);
}
