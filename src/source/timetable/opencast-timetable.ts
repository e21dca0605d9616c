import { z } from 'zod';
import type { ScheduledClass } from '../../domain/schedule.js';
import type { Weekday } from '../../domain/weekday.js';
import { meetingIdOf, timeOf, titleOf } from './timetable-rows.js';

/** What came of one item of a timetable: its classes, and what of it cannot be used. */
export interface ReadItem {
  readonly classes: readonly ScheduledClass[];
  readonly reasons: readonly string[];
}

const answerSchema = z.object({ helixEvents: z.object({ resultSet: z.array(z.unknown()) }) });

/** The events of an answer that zoom-recording-ingester's `schedule oc-import` asks an Opencast for; undefined when it is none. */
export function opencastEvents(value: unknown): readonly unknown[] | undefined {
  const answer = answerSchema.safeParse(value);
  return answer.success ? answer.data.helixEvents.resultSet : undefined;
}

const eventSchema = z.object({
  zoomLink: z.string(),
  seriesId: z.union([z.string(), z.number()]).transform((id) => String(id).trim()),
  seriesNumber: z.string().default(''),
  day: z.string(),
  time: z.string(),
});

/** Names begin so, in any case: `Tu`, `TUES`, `Thurs`; the letters of schedules stand for themselves. */
const dayNames: readonly (readonly [string, Weekday])[] = [
  ['mo', 'M'],
  ['tu', 'T'],
  ['we', 'W'],
  ['th', 'R'],
  ['fr', 'F'],
  ['sa', 'S'],
  ['su', 'U'],
];

/** One class as Opencast has it: `{ zoomLink, seriesId, seriesNumber: "HIST E-1", day: "Tues", time: "5:30 PM" }`. */
export function readOpencastEvent(given: unknown): ReadItem {
  const event = eventSchema.safeParse(given);
  if (!event.success)
    return {
      classes: [],
      reasons: event.error.issues.map(({ path, message }) => `${path.join('.') || 'event'}: ${message}`),
    };
  const { zoomLink, seriesId, seriesNumber: courseCode } = event.data;
  const meeting = meetingIdOf(zoomLink.trim());
  const [day, time] = [dayOf(event.data.day.trim()), clockTimeOf(event.data.time.trim())];
  const shown = (text: string) => JSON.stringify(text.slice(0, 50));
  const reasons = [
    ...(meeting.reason === undefined ? [] : [`zoomLink: ${meeting.reason}`]),
    ...(seriesId === '' ? ['seriesId: must not be empty'] : []),
    ...(day === undefined ? [`day: must be a weekday; given: ${shown(event.data.day)}`] : []),
    ...(time === undefined ? [`time: must be like 2:30 PM; given: ${shown(event.data.time)}`] : []),
  ];
  if (reasons.length > 0 || meeting.id === undefined || day === undefined || time === undefined)
    return { classes: [], reasons };
  return { classes: [{ meetingId: meeting.id, seriesId, courseCode, title: titleOf(''), day, time }], reasons: [] };
}

function dayOf(name: string): Weekday | undefined {
  const letter = dayNames.find(([, day]) => day === name);
  return (letter ?? dayNames.find(([begin]) => name.toLowerCase().startsWith(begin)))?.[1];
}

/** `2:30 PM` as `14:30`. */
function clockTimeOf(text: string): string | undefined {
  const [, hours = '', minutes = '', half = ''] = /^(0?[1-9]|1[0-2]):(\d{2}) *([AP])M$/i.exec(text) ?? [];
  if (hours === '') return undefined;
  return timeOf(`${(Number(hours) % 12) + (half.toUpperCase() === 'P' ? 12 : 0)}:${minutes}`);
}
