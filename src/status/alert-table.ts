import { sql, type Kysely } from 'kysely';
import type { AlertChanges, KnownAlert } from '../domain/alert.js';
import { isDeadLetter } from './job-table.js';
import type { Tables } from './tables.js';

/** What is known to be wrong, and what the database knows that may be. */
export interface AlertTable {
  known(): Promise<KnownAlert[]>;
  /** Keeps since when they have been there. */
  noteBegun(begun: AlertChanges['begun']): Promise<void>;
  /** That they were told, or are there no longer. @param now milliseconds since 1970 */
  note(changes: Omit<AlertChanges, 'begun'>, now: number): Promise<void>;
  /** The newest, and those of the known ones that still are; failed notices are not among them. @param known ids of jobs */
  deadLetters(limit: number, known: readonly string[]): Promise<{ id: string; title: string }[]>;
  /** Targets of notices, by their index, of which what ended last was a notice that failed for good and that nobody dismissed. */
  refusingTargets(): Promise<number[]>;
  /** Workers that went without a word in the last hour, by the database's clock. */
  lostWorkers(): Promise<{ id: string; host: string }[]>;
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
const lostFor = '1 hour';
/** The newest of these are looked at; each target's last is among them, unless it is told nothing any more. */
const noticesAtMost = 500;

export function alertTable(tables: Kysely<Tables>): AlertTable {
  return {
    async known() {
      const rows = await tables.selectFrom('alert').selectAll().orderBy('since').orderBy('subject').execute();
      return rows.map(({ told_at: toldAt, ...alert }) => ({ ...alert, toldAt }));
    },

    async noteBegun(begun) {
      const rows = begun.map(({ toldAt, ...alert }) => ({ ...alert, told_at: toldAt }));
      if (rows.length > 0)
        await tables
          .insertInto('alert')
          .values(rows)
          .onConflict((row) => row.doNothing())
          .execute();
    },

    async note({ raised, over, forgotten }, now) {
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
        LEFT JOIN reelway.job_dismissal d ON d.job_id = w.workflow_uuid 
        -- Told of a notice that a target refuses, the target would refuse that, too, without end: see refusingTargets.
        WHERE w.name <> 'tell' AND ${isDeadLetter}`;
      const { rows } = await sql<{ id: string; title: string }>`
        (${select} ORDER BY w.created_at DESC LIMIT ${limit})
        UNION (${select} AND w.workflow_uuid = ANY(${[...known]}))`.execute(tables);
      return rows;
    },

    async refusingTargets() {
      // One that is retried counts as it ended before, until it has ended anew.
      const { rows } = await sql<{ target: number }>`
        SELECT target::int AS "target" FROM (
          SELECT DISTINCT ON (target) target, refused FROM (
            SELECT w.attributes ->> 'share' AS target, w.status <> 'SUCCESS' AS refused,
              coalesce(w.completed_at, (SELECT max(ended_at) FROM reelway.job_attempt a
                WHERE a.job_id = w.workflow_uuid AND a.status = 'failed')) AS at
            FROM (SELECT * FROM dbos.workflow_status WHERE name = 'tell' ORDER BY created_at DESC LIMIT ${noticesAtMost}) w
            LEFT JOIN reelway.job_dismissal d ON d.job_id = w.workflow_uuid
            WHERE w.status <> 'CANCELLED' AND d.job_id IS NULL) told
          WHERE target IS NOT NULL AND at IS NOT NULL ORDER BY target, at DESC) last
        WHERE refused ORDER BY 1`.execute(tables);
      return rows.map(({ target }) => target);
    },

    async lostWorkers() {
      // One that stopped by itself has said so with a time long ago.
      const { rows } = await sql<{ id: string; host: string }>`
        SELECT id, min(host) AS "host" FROM (
          SELECT id, host, lost_at AS at FROM reelway.lost_worker
          UNION ALL
          SELECT id, host, seen_at FROM reelway.worker WHERE seen_at < now() - make_interval(secs => ${silentAfter})
        ) gone WHERE at > now() - ${lostFor}::interval GROUP BY id ORDER BY id`.execute(tables);
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
