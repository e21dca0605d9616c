import { sql, type Kysely } from 'kysely';
import { validationKey } from './event-inbox.js';
import type { Tables } from './tables.js';

/** Jobs and events that have ended long ago, in small batches. Times are milliseconds since 1970, by the database's clock. */
export interface JobHistory {
  /**
   * Removes whole families of jobs (one without a parent, and all below it) of which every member has ended before its time.
   * @returns what is done, and where to go on; `next` is undefined when there is no more
   */
  forgetJobs(until: Expiry, limit: number, from?: HistoryPlace): Promise<{ forgotten: number; next?: HistoryPlace }>;
  /** Removes what Zoom sent, when it was handled. @returns how many; fewer than `limit`: there are no more */
  forgetEvents(until: number, limit: number): Promise<number>;
  /** Removes what the log said about jobs before. @returns how many lines; fewer than `limit`: there are no more */
  forgetLogs(until: number, limit: number): Promise<number>;
  /** Gives the space of removed rows free for new ones, where nobody else does. */
  vacuum(): Promise<void>;
  now(): Promise<number>;
}

export interface Expiry {
  /** Jobs that are done or cancelled, and failed ones that were dismissed, when they ended before. */
  readonly ended: number;
  /** Failed jobs that nobody has dismissed, when they ended before. */
  readonly failed: number;
}

export interface HistoryPlace {
  readonly endedAt: number;
  readonly id: string;
}

/** Every table of the engine and of ours that has rows of jobs (as of the pinned SDK): columns that name the job. The job itself comes last. */
const jobTables = [
  ...(
    ['workflow_input', 'workflow_output', 'operation_outputs', 'workflow_events', 'workflow_events_history'] as const
  ).map((name) => ({ name: `dbos.${name}`, column: 'workflow_uuid' })),
  { name: 'dbos.streams', column: 'workflow_uuid' },
  { name: 'dbos.notifications', column: 'destination_uuid' },
  ...(['job_progress', 'job_step', 'job_attempt', 'job_dismissal', 'job_log', 'job_place'] as const).map((name) => ({
    name: `reelway.${name}`,
    column: 'job_id',
  })),
  { name: 'dbos.workflow_status', column: 'workflow_uuid' },
] as const;

export function jobHistory(tables: Kysely<Tables>): JobHistory {
  return {
    async forgetJobs(until, limit, from) {
      const { families, last } = await expired(tables, until, limit, from);
      const forgotten = families.length === 0 ? 0 : await forget(tables, families, until);
      return { forgotten, ...(last && { next: last }) };
    },

    async forgetEvents(until, limit) {
      const { numAffectedRows } = await sql`
        DELETE FROM reelway.zoom_event WHERE key IN (
          SELECT key FROM reelway.zoom_event WHERE received_at < ${until} AND handled_at IS NOT NULL AND key <> ${validationKey}
          ORDER BY received_at LIMIT ${limit})`.execute(tables);
      return Number(numAffectedRows ?? 0);
    },

    async forgetLogs(until, limit) {
      const { numAffectedRows } = await sql`
        DELETE FROM reelway.job_log WHERE sequence IN (
          SELECT sequence FROM reelway.job_log WHERE at < ${until} ORDER BY at LIMIT ${limit})`.execute(tables);
      return Number(numAffectedRows ?? 0);
    },

    async vacuum() {
      for (const { name } of [...jobTables, { name: 'reelway.zoom_event' }])
        await sql`VACUUM ${sql.raw(name)}`.execute(tables);
    },

    async now() {
      const { rows } = await sql<{ now: number }>`
        SELECT (extract(epoch FROM now()) * 1000)::float8 AS now`.execute(tables);
      return rows[0]?.now ?? Date.now();
    },
  };
}

/** The oldest jobs without a parent that may go, with all below them. */
async function expired(tables: Kysely<Tables>, until: Expiry, limit: number, from: HistoryPlace | undefined) {
  const { rows: roots } = await sql<{ id: string; endedAt: number }>`
    SELECT w.workflow_uuid AS "id", w.completed_at::float8 AS "endedAt" FROM dbos.workflow_status w
    WHERE w.completed_at IS NOT NULL AND w.completed_at < ${Math.floor(Math.max(until.ended, until.failed))}
      AND (w.completed_at, w.workflow_uuid) > (${Math.floor(from?.endedAt ?? 0)}, ${from?.id ?? ''})
      AND ${mayGo(until)}
      AND (SELECT above.workflow_uuid FROM dbos.workflow_status above WHERE above.workflow_uuid = w.parent_workflow_id) IS NULL
    ORDER BY w.completed_at, w.workflow_uuid LIMIT ${limit}`.execute(tables);
  const { rows: members } = await sql<{ root: string; id: string }>`
    WITH RECURSIVE family AS (
      SELECT id AS root, id FROM unnest(${roots.map(({ id }) => id)}::text[]) AS roots (id)
      UNION ALL
      SELECT f.root, below.id FROM family f CROSS JOIN LATERAL (
        -- OFFSET 0 keeps this a look-up for each parent; the planner would rather read all jobs once.
        SELECT c.workflow_uuid AS id FROM dbos.workflow_status c WHERE c.parent_workflow_id = f.id OFFSET 0) below)
    SELECT root, id FROM family`.execute(tables);
  const families = new Map<string, string[]>(roots.map(({ id }) => [id, []]));
  for (const { root, id } of members) families.get(root)?.push(id);
  return { families: [...families.values()], last: roots.length === limit ? roots.at(-1) : undefined };
}

function mayGo({ ended, failed }: Expiry) {
  return sql`(w.completed_at < ${Math.floor(failed)} OR (w.completed_at < ${Math.floor(ended)} AND (
    w.status IN ('SUCCESS', 'CANCELLED')
    OR EXISTS (SELECT FROM reelway.job_dismissal d WHERE d.job_id = w.workflow_uuid)
    OR w.parent_workflow_id IS NOT NULL)))`;
}

/** Whole families; one of which a member has not ended long enough ago (it was retried just now) stays. @returns how many jobs went */
function forget(tables: Kysely<Tables>, families: readonly (readonly string[])[], until: Expiry): Promise<number> {
  return tables.transaction().execute(async (transaction) => {
    // Locked: a retry of one of them waits, and then finds it gone.
    const { rows } = await sql<{ id: string }>`
      SELECT w.workflow_uuid AS "id" FROM dbos.workflow_status w
      WHERE w.workflow_uuid = ANY(${families.flat()}::text[]) AND w.completed_at IS NOT NULL AND ${mayGo(until)}
      ORDER BY w.workflow_uuid FOR UPDATE`.execute(transaction);
    const locked = new Set(rows.map(({ id }) => id));
    const ids = families.filter((family) => family.every((id) => locked.has(id))).flat();
    if (ids.length === 0) return 0;
    for (const { name, column } of jobTables)
      await sql`DELETE FROM ${sql.raw(name)} WHERE ${sql.raw(column)} = ANY(${ids}::text[])`.execute(transaction);
    return ids.length;
  });
}
