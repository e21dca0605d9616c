import { sql, type Kysely } from 'kysely';
import { Failure } from '../domain/failure.js';
import {
  distinctClasses,
  scheduleDifference,
  type ScheduleDifference,
  type ScheduledClass,
} from '../domain/schedule.js';
import type { Tables } from './tables.js';

/** The class schedule that counts. It comes from several places, each of which is replaced as a whole: what is no longer there is gone. */
export interface ScheduleTable {
  /** All classes in the order of their sources, or those of one meeting. */
  classes(meetingId?: string): Promise<readonly ScheduledClass[]>;
  /** All classes, each with the source that it came from. */
  bySource(): Promise<readonly (ScheduledClass & { readonly source: string })[]>;
  /** @returns what replacing would change */
  compare(source: string, classes: readonly ScheduledClass[]): Promise<ScheduleDifference>;
  /**
   * Puts these classes in the place of those that came from the source before.
   * @throws Failure schedule_invalid when that would leave nothing of a source that has classes, unless `mayEmpty`: more likely the source is broken
   */
  replace(
    source: string,
    classes: readonly ScheduledClass[],
    options?: { mayEmpty?: boolean },
  ): Promise<ScheduleDifference>;
}

/** Any number: the advisory lock under which one process at a time replaces classes. */
const replaceLock = 7_335_930;
const columns = ['meeting_id', 'series_id', 'course_code', 'day', 'time', 'title', 'publish'] as const;
/** rows of one INSERT: PostgreSQL takes 65535 parameters */
const insertAtOnce = 1000;

export function scheduleTable(tables: Kysely<Tables>): ScheduleTable {
  async function ofSource(source: string, from: Kysely<Tables> = tables): Promise<ScheduledClass[]> {
    const rows = await from
      .selectFrom('scheduled_class')
      .select(columns)
      .where('source', '=', source)
      .orderBy('position')
      .execute();
    return rows.map(classOfRow);
  }

  return {
    async classes(meetingId) {
      let query = tables.selectFrom('scheduled_class').select(columns);
      if (meetingId !== undefined) query = query.where('meeting_id', '=', meetingId);
      return (await query.orderBy('source').orderBy('position').execute()).map(classOfRow);
    },

    async bySource() {
      const rows = await tables
        .selectFrom('scheduled_class')
        .selectAll()
        .orderBy('source')
        .orderBy('position')
        .execute();
      return rows.map((row) => ({ source: row.source, ...classOfRow(row) }));
    },

    async compare(source, classes) {
      return scheduleDifference(await ofSource(source), classes);
    },

    replace: (source, classes, { mayEmpty = false } = {}) =>
      tables.transaction().execute(async (transaction) => {
        await sql`SELECT pg_advisory_xact_lock(${replaceLock})`.execute(transaction);
        const before = await ofSource(source, transaction);
        const wanted = distinctClasses(classes);
        if (wanted.length === 0 && before.length > 0 && !mayEmpty) throw wouldEmpty(source, before.length);
        await transaction.deleteFrom('scheduled_class').where('source', '=', source).execute();
        const rows = wanted.map((item, position) => ({ source, position, ...rowOf(item) }));
        for (let at = 0; at < rows.length; at += insertAtOnce)
          await transaction
            .insertInto('scheduled_class')
            .values(rows.slice(at, at + insertAtOnce))
            .execute();
        return scheduleDifference(before, wanted);
      }),
  };
}

function wouldEmpty(source: string, count: number): Failure {
  return new Failure(
    'schedule_invalid',
    `The new schedule of ${source} has no usable class, and the present one has ${count}: it was left as it is. To remove them all, say so.`,
    { details: { source, present: count } },
  );
}

function rowOf({ meetingId, seriesId, courseCode, day, time, title, publish }: ScheduledClass) {
  return {
    meeting_id: meetingId,
    series_id: seriesId,
    course_code: courseCode,
    day,
    time,
    title,
    publish: publish ?? null,
  };
}

function classOfRow(row: ReturnType<typeof rowOf>): ScheduledClass {
  return {
    ...{ meetingId: row.meeting_id, seriesId: row.series_id, courseCode: row.course_code },
    ...{ day: row.day, time: row.time, title: row.title },
    ...(row.publish !== null && { publish: row.publish }),
  };
}
