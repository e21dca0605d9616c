import type { ScheduledClass } from '../domain/schedule.js';
import { localClock, wallTimesAround } from './local-time.js';
import type { MatchRules, Timed } from './match-schedule.js';

/** A class that a recording might belong to although it does not match. */
export interface ClassSuggestion {
  readonly class: ScheduledClass;
  /** It is of this recording's meeting, or its course is named in the topic, or it only takes place at that time. */
  readonly because: 'meeting' | 'topic' | 'time';
  /** whole minutes from the class's nearest begin to the recording's; negative: it began earlier */
  readonly minutesLate: number;
}

const minute = 60_000;
const day = 86_400_000;
const order = { meeting: 0, topic: 1, time: 2 } as const;

/**
 * Classes for a person to choose from: those of the meeting at whatever time, those whose course the topic names, those that take place at that time. The
 * likeliest first.
 */
export function suggestClasses(
  recording: Pick<Timed, 'meetingId' | 'startTime'> & { readonly topic: string },
  classes: readonly ScheduledClass[],
  rules: MatchRules,
  most = 5,
): ClassSuggestion[] {
  const clock = localClock(rules.timeZone);
  const start = Math.floor(Date.parse(recording.startTime) / minute) * minute;
  const wall = clock.wallTime(start);
  const late = ({ day: weekday, time }: ScheduledClass): number => {
    // Around the days before and after, too: together they have every day of the week.
    const begins = [-3 * day, 0, 3 * day]
      .flatMap((shift) => wallTimesAround(wall + shift, weekday, time))
      .flatMap((begin) => clock.instants(begin));
    const distances = begins.map((begin) => start - begin).sort((a, b) => Math.abs(a) - Math.abs(b));
    return Math.round((distances[0] ?? 0) / minute);
  };
  return classes
    .flatMap((item) => {
      const minutesLate = late(item);
      const because = reasonFor(recording, item, Math.abs(minutesLate) < rules.bufferMinutes);
      return because ? [{ class: item, because, minutesLate }] : [];
    })
    .sort((a, b) => order[a.because] - order[b.because] || Math.abs(a.minutesLate) - Math.abs(b.minutesLate))
    .slice(0, most);
}

function reasonFor(
  { meetingId, topic }: { meetingId: string; topic: string },
  { meetingId: classMeeting, courseCode }: ScheduledClass,
  isAtTheTime: boolean,
): ClassSuggestion['because'] | undefined {
  if (meetingId === classMeeting) return 'meeting';
  if (courseCode !== '' && words(topic).includes(words(courseCode))) return 'topic';
  return isAtTheTime ? 'time' : undefined;
}

function words(text: string): string {
  return ` ${text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;
}
