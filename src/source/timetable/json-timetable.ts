import { z } from 'zod';
import { Failure } from '../../domain/failure.js';
import {
  distinctClasses,
  publishTargets,
  type ReadSchedule,
  type RowProblem,
  type ScheduledClass,
} from '../../domain/schedule.js';
import { weekdays, type Weekday } from '../../domain/weekday.js';
import { checkTimetable } from './csv-timetable.js';
import { opencastEvents, readOpencastEvent, type ReadItem } from './opencast-timetable.js';
import { minutesOf, timeOf, titleOf } from './timetable-rows.js';

const text = z.union([z.string(), z.number()]).transform((value) => String(value).trim());
const time = z.string().transform((given, context) => {
  const read = timeOf(given.trim());
  if (read !== undefined) return read;
  context.addIssue({ code: 'custom', message: `time must be HH:MM; given: ${JSON.stringify(given.slice(0, 50))}` });
  return z.NEVER;
});
const itemSchema = z.object({
  zoom_series_id: text.pipe(z.string().regex(/^\d{1,20}$/, 'must be the number of a Zoom meeting')),
  opencast_series_id: text.pipe(z.string().min(1, 'must not be empty')),
  course_code: text.optional(),
  /** of older items: `HIST E-1`, `HIST E-1 - Section` */
  opencast_subject: text.optional(),
  publish: z.enum(publishTargets, { error: `must be one of ${publishTargets.join(', ')}` }).optional(),
});
const eventSchema = z.object({
  day: z.enum(weekdays, { error: `day must be one of ${weekdays.join(', ')}` }),
  time,
  title: z.string().optional(),
});
const newerSchema = itemSchema.extend({ events: z.array(z.unknown()) });
/** Letters that older items have for Saturday and Sunday. */
const olderDays: Readonly<Record<string, Weekday>> = { Sa: 'S', Sn: 'U' };
const olderSchema = itemSchema.extend({
  Days: z
    .array(z.string().transform((name) => olderDays[name] ?? name))
    .pipe(z.array(z.enum(weekdays, { error: `must be one of ${weekdays.join(', ')}` })).min(1, 'must not be empty')),
  Time: z.array(time).min(1, 'must not be empty'),
});

/**
 * Reads a timetable in JSON, in any form that zoom-recording-ingester's tools write or read:
 * - a list of schedule items, `{ zoom_series_id, opencast_series_id, course_code, events: [{ day, time, title }] }`, or an object of them. Several items may share a
 *   meeting; `publish` is ours: `opencast`, `stream` or `both`;
 * - the same with `Days` and `Time` in place of `events`, as `schedule oc-import` wrote them and its example has them;
 * - what an Opencast answers to `schedule oc-import`, see `readOpencastEvent`.
 * @throws Failure schedule_invalid when it is no JSON of that shape, too_large
 */
export function readJsonTimetable(json: string, source: string): ReadSchedule {
  checkTimetable(json, source);
  const value = parsed(json, source);
  const events = opencastEvents(value);
  const items = events ?? itemsOf(value, source);
  const classes: ScheduledClass[] = [];
  const problems: RowProblem[] = [];
  for (const [index, item] of items.entries()) {
    const read = events ? readOpencastEvent(item) : readItem(item);
    classes.push(...read.classes);
    problems.push(...read.reasons.map((reason) => ({ source, line: index + 1, reason })));
  }
  return { classes: distinctClasses(classes), problems };
}

function parsed(json: string, source: string): unknown {
  try {
    return JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Failure('schedule_invalid', `${source} is no JSON: ${(error as Error).message}`, { cause: error });
  }
}

function itemsOf(value: unknown, source: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null) return Object.values(value);
  throw new Failure('schedule_invalid', `${source} must be a list of schedule items, or an object of them.`);
}

function readItem(given: unknown): ReadItem {
  return typeof given === 'object' && given !== null && 'Days' in given ? readOlder(given) : readNewer(given);
}

function readNewer(given: unknown): ReadItem {
  const item = newerSchema.safeParse(given);
  if (!item.success) return { classes: [], reasons: item.error.issues.map(describe) };
  const facts = factsOf(item.data);
  const classes: ScheduledClass[] = [];
  const reasons: string[] = [];
  for (const [index, each] of item.data.events.entries()) {
    const event = eventSchema.safeParse(each);
    if (event.success) {
      const { day, time: at, title } = event.data;
      classes.push({ ...facts, day, time: at, title: title === undefined ? facts.title : titleOf(title.trim()) });
    } else reasons.push(...event.error.issues.map((issue) => `events.${index}: ${issue.message}`));
  }
  return { classes, reasons };
}

function readOlder(given: object): ReadItem {
  const item = olderSchema.safeParse(given);
  if (!item.success) return { classes: [], reasons: item.error.issues.map(describe) };
  const facts = factsOf(item.data);
  const times = begins(item.data.Time);
  return { classes: item.data.Days.flatMap((day) => times.map((at) => ({ ...facts, day, time: at }))), reasons: [] };
}

/** `oc-import` wrote a class with the half hours after its begin, to match what began late; BUFFER_MINUTES does that. */
function begins(times: readonly string[]): readonly string[] {
  const [first = '', ...later] = times;
  const isAllowance = later.every((at, index) => minutesOf(at) === (minutesOf(first) + 30 * (index + 1)) % (24 * 60));
  return later.length === 2 && isAllowance ? [first] : times;
}

function factsOf({ zoom_series_id: meetingId, opencast_series_id: seriesId, publish, ...item }: Item) {
  const [, course = '', type = ''] = /^(.*?)(?: - (.*))?$/s.exec(item.opencast_subject ?? '') ?? [];
  return {
    ...{ meetingId, seriesId, courseCode: item.course_code ?? course, title: titleOf(type) },
    ...(publish !== undefined && { publish }),
  };
}

type Item = z.infer<typeof itemSchema>;

function describe(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.') || 'item'}: ${issue.message}`;
}
