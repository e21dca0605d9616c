import { z } from 'zod';
import { Failure } from '../../domain/failure.js';
import {
  distinctClasses,
  weekdays,
  type ReadSchedule,
  type RowProblem,
  type ScheduledClass,
} from '../../domain/schedule.js';
import { timetableLimit } from './csv-timetable.js';
import { timeOf, titleOf } from './timetable-rows.js';

const text = z.union([z.string(), z.number()]).transform((value) => String(value).trim());
const itemSchema = z.object({
  zoom_series_id: text.pipe(z.string().regex(/^\d{1,20}$/, 'must be the number of a Zoom meeting')),
  opencast_series_id: text.pipe(z.string().min(1, 'must not be empty')),
  course_code: text.optional(),
  events: z.array(z.unknown()),
});
const eventSchema = z.object({
  day: z.enum(weekdays, { error: `day must be one of ${weekdays.join(', ')}` }),
  time: z.string().transform((given, context) => {
    const time = timeOf(given.trim());
    if (time !== undefined) return time;
    context.addIssue({ code: 'custom', message: `time must be HH:MM; given: ${JSON.stringify(given.slice(0, 50))}` });
    return z.NEVER;
  }),
  title: z.string().optional(),
});

/**
 * Reads a timetable in JSON: a list of zoom-recording-ingester's schedule items, `{ zoom_series_id, opencast_series_id, course_code, events: [{ day, time, title }] }`, or
 * an object of them. Several items may share a meeting.
 * @throws Failure schedule_invalid when it is no JSON of that shape, too_large
 */
export function readJsonTimetable(json: string, source: string): ReadSchedule {
  if (json.length > timetableLimit)
    throw new Failure('too_large', `${source} is larger than ${timetableLimit} bytes, which a timetable may have.`);
  const classes: ScheduledClass[] = [];
  const problems: RowProblem[] = [];
  for (const [index, item] of itemsOf(json, source).entries()) {
    const read = readItem(item);
    classes.push(...read.classes);
    problems.push(...read.reasons.map((reason) => ({ source, line: index + 1, reason })));
  }
  return { classes: distinctClasses(classes), problems };
}

function itemsOf(json: string, source: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Failure('schedule_invalid', `${source} is no JSON: ${(error as Error).message}`, { cause: error });
  }
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null) return Object.values(value);
  throw new Failure('schedule_invalid', `${source} must be a list of schedule items, or an object of them.`);
}

function readItem(given: unknown): { classes: ScheduledClass[]; reasons: string[] } {
  const item = itemSchema.safeParse(given);
  if (!item.success) return { classes: [], reasons: item.error.issues.map(describe) };
  const { zoom_series_id: meetingId, opencast_series_id: seriesId, course_code: courseCode = '', events } = item.data;
  const classes: ScheduledClass[] = [];
  const reasons: string[] = [];
  for (const [index, each] of events.entries()) {
    const event = eventSchema.safeParse(each);
    if (event.success) {
      const { day, time, title = '' } = event.data;
      classes.push({ meetingId, seriesId, courseCode, day, time, title: titleOf(title.trim()) });
    } else reasons.push(...event.error.issues.map((issue) => `events.${index}: ${issue.message}`));
  }
  return { classes, reasons };
}

function describe(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.') || 'item'}: ${issue.message}`;
}
