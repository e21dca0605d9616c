import { z } from 'zod';
import { weekdays } from './weekday.js';

/** Where a recording goes: into Opencast, to our own packager, or to both. */
export const publishTargets = ['opencast', 'stream', 'both'] as const;
export const publishTargetSchema = z.enum(publishTargets);
export type PublishTarget = z.infer<typeof publishTargetSchema>;

/** One weekly meeting of a course: what a recording of its Zoom meeting belongs to. */
export const scheduledClassSchema = z.object({
  /** of the Zoom meeting, digits */
  meetingId: z.string().regex(/^\d{1,20}$/),
  /** of Opencast */
  seriesId: z.string().min(1),
  courseCode: z.string(),
  day: z.enum(weekdays),
  /** when it begins, in LOCAL_TIME_ZONE: `09:05` */
  time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
  /** Of the events that are made of its recordings: `Lecture`, `Section`. */
  title: z.string(),
  /** Where its recordings go; absent: as RECORDINGS_PUBLISH says. */
  publish: publishTargetSchema.optional(),
});

export type ScheduledClass = z.infer<typeof scheduledClassSchema>;

/** A row of a schedule that cannot be used, and why; the others can. */
export interface RowProblem {
  /** file or sheet */
  readonly source: string;
  /** line of the file or sheet, from 1; of JSON: number of the item */
  readonly line: number;
  readonly reason: string;
}

/** What a schedule's file or sheets say. */
export interface ReadSchedule {
  readonly classes: readonly ScheduledClass[];
  readonly problems: readonly RowProblem[];
}

/** The same class has the same key, whatever its title: another course at the same time is another class. */
export function classKey({ meetingId, day, time, seriesId }: ScheduledClass): string {
  return [meetingId, day, time, seriesId].join(' ');
}

/** What replacing a schedule by another one changes. */
export interface ScheduleDifference {
  readonly added: readonly ScheduledClass[];
  readonly removed: readonly ScheduledClass[];
  readonly changed: readonly { readonly before: ScheduledClass; readonly after: ScheduledClass }[];
  readonly unchanged: number;
}

export function scheduleDifference(
  before: readonly ScheduledClass[],
  after: readonly ScheduledClass[],
): ScheduleDifference {
  const old = new Map(before.map((item) => [classKey(item), item]));
  const wanted = new Map(after.map((item) => [classKey(item), item]));
  const kept = [...wanted].flatMap(([key, item]) => {
    const earlier = old.get(key);
    return earlier ? [{ before: earlier, after: item }] : [];
  });
  const told = ({ title, courseCode, publish }: ScheduledClass) => [title, courseCode, publish ?? ''].join('\n');
  const changed = kept.filter((pair) => told(pair.before) !== told(pair.after));
  return {
    added: [...wanted].flatMap(([key, item]) => (old.has(key) ? [] : [item])),
    removed: [...old].flatMap(([key, item]) => (wanted.has(key) ? [] : [item])),
    changed,
    unchanged: kept.length - changed.length,
  };
}

/** One class for each key; of several rows that say the same the last one counts, in the place of the first. */
export function distinctClasses(classes: readonly ScheduledClass[]): ScheduledClass[] {
  return [...new Map(classes.map((item) => [classKey(item), item])).values()];
}
