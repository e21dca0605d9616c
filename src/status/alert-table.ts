import { sql, type Kysely } from 'kysely';
import type { AlertChanges, KnownAlert } from '../domain/alert.js';
import { isDeadLetter } from './job-table.js';
import type { Tables } from './tables.js';

/** What is known to be wrong, and what the database knows that may be. */
export interface AlertTable {
  known(): Promise<KnownAlert[]>;
  /** @param now milliseconds since 1970 */
  note(changes: AlertChanges, now: number): Promise<void>;
  /** The newest, and those of the known ones that still are. @param known ids of jobs */
  deadLetters(limit: number, known: readonly string[]): Promise<{ id: string; title: string }[]>;
  /** Workers that went without a word in the last two hours, by the database's clock; more than an hour ago is past. */
  lostWorkers(): Promise<{ id: string; host: string; past: boolean }[]>;
  /** Recordings that began since then. @param from milliseconds since 1970 */
  recordingsSince(from: number): Promise<StartedRecording[]>;
}

export interface StartedRecording {
  readonly uuid: string;
  readonly meetingId: string;
  readonly topic: string;
  /** milliseconds since 1970 */
  readonly startTime: number;
  readonly awaitsSchedule: boolean;
}

/** seconds without a sign of life after which a worker that holds no job is taken for lost, too */
const silentAfter = 60;
const shownFor = '1 hour';
const rememberedFor = '2 hours';

export function alertTable(tables: Kysely<Tables>): AlertTable {
  return {
    async known() {
      const rows = await tables.selectFrom('alert').selectAll().orderBy('since').orderBy('subject').execute();
      return rows.map(({ told_at: toldAt, ...alert }) => ({ ...alert, toldAt }));
    },

    async note({ begun, raised, over, forgotten }, now) {
      const rows = begun.map(({ toldAt, ...alert }) => ({ ...alert, told_at: toldAt }));
      if (rows.length > 0)
        await tables
          .insertInto('alert')
          .values(rows)
          .onConflict((row) => row.doNothing())
          .execute();
      for (const { kind, subject } of raised)
        await tables
          .updateTable('alert')
          .set({ told_at: now })
          .where('kind', '=', kind)
          .where('subject', '=', subject)
          .execute();
      for (const { kind, subject } of [...over, ...forgotten])
        await tables.deleteFrom('alert').where('kind', '=', kind).where('subject', '=', subject).execute();
    },

    async deadLetters(limit, known) {
      const select = sql`
        SELECT w.workflow_uuid AS "id", coalesce(w.attributes ->> 'title', w.name) AS "title" FROM dbos.workflow_status w
        LEFT JOIN reelway.job_dismissal d ON d.job_id = w.workflow_uuid WHERE ${isDeadLetter}`;
      const { rows } = await sql<{ id: string; title: string }>`
        (${select} ORDER BY w.created_at DESC LIMIT ${limit})
        UNION (${select} AND w.workflow_uuid = ANY(${[...known]}))`.execute(tables);
      return rows;
    },

    async lostWorkers() {
      // One that stopped by itself has said so with a time long ago.
      const { rows } = await sql<{ id: string; host: string; past: boolean }>`
        SELECT id, min(host) AS "host", max(at) <= now() - ${shownFor}::interval AS "past" FROM (
          SELECT id, host, lost_at AS at FROM reelway.lost_worker
          UNION ALL
          SELECT id, host, seen_at FROM reelway.worker WHERE seen_at < now() - make_interval(secs => ${silentAfter})
        ) gone WHERE at > now() - ${rememberedFor}::interval GROUP BY id ORDER BY id`.execute(tables);
      return rows;
    },

    async recordingsSince(from) {
      const { rows } = await sql<StartedRecording>`
        SELECT uuid, meeting_id AS "meetingId", coalesce(snapshot ->> 'topic', '') AS "topic", start_time AS "startTime",
          awaits_schedule AS "awaitsSchedule"
        FROM reelway.recording WHERE start_time >= ${from} ORDER BY start_time`.execute(tables);
      return rows;
    },
  };
}
