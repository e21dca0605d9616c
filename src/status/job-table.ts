import { sql, type Kysely, type RawBuilder } from 'kysely';
import { makeJobIndexes } from './job-indexes.js';
import { searchJobs, type JobPlace } from './job-search.js';
import type { Tables } from './tables.js';

/** What the engine calls the states of a workflow. */
export type EngineStatus =
  'ENQUEUED' | 'DELAYED' | 'PENDING' | 'SUCCESS' | 'ERROR' | 'MAX_RECOVERY_ATTEMPTS_EXCEEDED' | 'CANCELLED';

/** One job as the lists show it. Times are milliseconds since 1970. */
export interface JobRow {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly engineStatus: EngineStatus;
  readonly queue: string | null;
  /** whose places of the queue it takes, where shares have places of their own */
  readonly share: string | null;
  readonly parent: string | null;
  /** the engine's priority: of those that wait in a queue the lowest begins first, then the oldest */
  readonly turn: number;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** of anything that the row shows */
  readonly updatedAt: number;
  readonly progress: object | null;
  /** The step that runs or waits for its next attempt. */
  readonly step: { name: string; failedAttempts: number; nextAttemptAt: number | null } | null;
  readonly earlierAttempts: number;
  /** Failed, nobody has dismissed it, and no job above it stands for it. */
  readonly deadLetter: boolean;
}

export interface JobQuery {
  readonly statuses?: readonly EngineStatus[];
  readonly kinds?: readonly string[];
  /** Jobs of this parent; null: jobs without one; absent: all. */
  readonly parent?: string | null;
  readonly deadLetter?: boolean;
  /** Rows after this one in the order of the list: newest first. */
  readonly after?: JobPlace;
  readonly limit: number;
}

/** Reads jobs from the engine's `dbos.workflow_status` (columns as of the pinned SDK) joined with our journal. */
export interface JobTable {
  list(query: JobQuery): Promise<JobRow[]>;
  /**
   * Those of the list with this part of the id or of the title, in any case; below three characters: the beginning of a word.
   * @returns with `next` when there may be more after it, although the page is not full
   */
  search(text: string, query: JobQuery): Promise<{ rows: JobRow[]; next?: JobPlace }>;
  find(id: string): Promise<JobRow | undefined>;
  /** Of each queue those that begin next, in that order. */
  next(limitOfQueue: number): Promise<JobRow[]>;
  /** Rows that changed at or after the time, oldest change first; of those of that very time the ones behind `after.id`. */
  changedSince(after: { readonly time: number; readonly id?: string }, limit: number): Promise<JobRow[]>;
  /** The job and everything below it: parents before their children. */
  family(id: string): Promise<{ id: string; kind: string; engineStatus: EngineStatus }[]>;
  /** Jobs above, nearest first. */
  ancestors(id: string): Promise<{ id: string; engineStatus: EngineStatus }[]>;
  statuses(ids: readonly string[]): Promise<Map<string, EngineStatus>>;
  /** Of these runs of jobs the owners that still have their job: nobody took it over, nobody cancelled it. */
  held(runs: readonly { jobId: string; owner: string }[]): Promise<Set<string>>;
  /** The database's clock, milliseconds since 1970. */
  now(): Promise<number>;
  /** Gives jobs of the queue that are not done a share, where they were begun before it had shares: the first one. */
  giveShares(queue: string): Promise<void>;
  /** Makes the indexes that the lists need, once the engine has made its tables. */
  makeIndexes(): Promise<void>;
}

const failed = sql`('ERROR', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')`;
/** Of `w`, a job, with `d`, its dismissal: a failed job below a failed, waiting or running one is that one's matter. */
export const isDeadLetter = sql`(w.status IN ${failed} AND d.job_id IS NULL AND NOT EXISTS (
  SELECT FROM dbos.workflow_status above
  WHERE above.workflow_uuid = w.parent_workflow_id AND above.status NOT IN ('SUCCESS', 'CANCELLED')))`;
const newestFirst = sql`ORDER BY w.created_at DESC, w.workflow_uuid DESC`;
/** As the engine's own dequeue orders them. */
const nextFirst = sql`ORDER BY priority, created_at, workflow_uuid`;
const updatedAt = sql`greatest(w.updated_at, p.updated_at, s.updated_at, d.dismissed_at)`;
const selection = sql`
  SELECT w.workflow_uuid AS "id", w.name AS "kind", coalesce(w.attributes ->> 'title', w.name) AS "title",
    w.status AS "engineStatus", coalesce(w.attributes ->> 'queue', w.queue_name) AS "queue", w.parent_workflow_id AS "parent",
    w.attributes ->> 'share' AS "share", w.priority AS "turn",
    w.created_at::float8 AS "createdAt", w.started_at_epoch_ms::float8 AS "startedAt", w.completed_at::float8 AS "endedAt",
    ${updatedAt}::float8 AS "updatedAt", p.progress AS "progress",
    CASE WHEN s.name IS NULL OR w.status <> 'PENDING' THEN NULL ELSE json_build_object(
      'name', s.name, 'failedAttempts', s.failed_attempts, 'nextAttemptAt', s.next_attempt_at) END AS "step",
    (SELECT count(*)::int FROM reelway.job_attempt a WHERE a.job_id = w.workflow_uuid) AS "earlierAttempts",
    ${isDeadLetter} AS "deadLetter"
  FROM dbos.workflow_status w
  LEFT JOIN reelway.job_progress p ON p.job_id = w.workflow_uuid
  LEFT JOIN reelway.job_dismissal d ON d.job_id = w.workflow_uuid
  LEFT JOIN LATERAL (
    SELECT * FROM reelway.job_step running WHERE running.job_id = w.workflow_uuid AND NOT EXISTS (
      SELECT FROM dbos.operation_outputs o WHERE o.workflow_uuid = running.job_id AND o.function_id = running.step_id)
    ORDER BY step_id DESC LIMIT 1) s ON true`;

export function jobTable(tables: Kysely<Tables>): JobTable {
  async function rows(condition: RawBuilder<unknown>): Promise<JobRow[]> {
    return (await sql<JobRow>`${selection} ${condition}`.execute(tables)).rows;
  }

  async function family(id: string) {
    const { rows } = await sql<{ id: string; kind: string; engineStatus: EngineStatus }>`
      WITH RECURSIVE family AS (
        SELECT workflow_uuid, name, status, 0 AS depth FROM dbos.workflow_status WHERE workflow_uuid = ${id}
        UNION ALL
        SELECT c.workflow_uuid, c.name, c.status, depth + 1 FROM dbos.workflow_status c
        JOIN family f ON c.parent_workflow_id = f.workflow_uuid)
      SELECT workflow_uuid AS "id", name AS "kind", status AS "engineStatus" FROM family ORDER BY depth`.execute(
      tables,
    );
    return rows;
  }

  async function ancestors(id: string) {
    const { rows } = await sql<{ id: string; engineStatus: EngineStatus }>`
      WITH RECURSIVE above AS (
        SELECT parent_workflow_id AS id, 0 AS depth FROM dbos.workflow_status WHERE workflow_uuid = ${id}
        UNION ALL
        SELECT w.parent_workflow_id, depth + 1 FROM dbos.workflow_status w JOIN above a ON w.workflow_uuid = a.id)
      SELECT w.workflow_uuid AS "id", w.status AS "engineStatus" FROM above a
      JOIN dbos.workflow_status w ON w.workflow_uuid = a.id ORDER BY depth`.execute(tables);
    return rows;
  }

  async function statuses(ids: readonly string[]) {
    const { rows } = await sql<{ id: string; status: EngineStatus }>`
      SELECT workflow_uuid AS "id", status FROM dbos.workflow_status WHERE workflow_uuid = ANY(${[...ids]})`.execute(
      tables,
    );
    return new Map(rows.map(({ id, status }) => [id, status]));
  }

  async function held(runs: readonly { jobId: string; owner: string }[]) {
    const { rows } = await sql<{ owner: string }>`
      SELECT w.owner_xid AS "owner" FROM dbos.workflow_status w
      JOIN unnest(${runs.map(({ jobId }) => jobId)}::text[], ${runs.map(({ owner }) => owner)}::text[]) AS run (id, owner)
        ON w.workflow_uuid = run.id AND w.owner_xid = run.owner
      WHERE w.status = 'PENDING'`.execute(tables);
    return new Set(rows.map(({ owner }) => owner));
  }

  return {
    list: (query) => rows(sql`WHERE ${conditionOf(query)} ${newestFirst} LIMIT ${query.limit}`),
    async search(text, query) {
      const where = (after: JobPlace | undefined) => conditionOf({ ...query, ...(after && { after }) });
      const { ids, next } = await searchJobs(tables, { text, where, after: query.after, limit: query.limit });
      const found = ids.length === 0 ? [] : await rows(sql`WHERE w.workflow_uuid = ANY(${[...ids]}) ${newestFirst}`);
      return { rows: found, ...(next && { next }) };
    },
    next: (limitOfQueue) =>
      rows(sql`WHERE w.workflow_uuid IN (
        SELECT next.workflow_uuid FROM (
          SELECT DISTINCT queue_name FROM dbos.workflow_status WHERE status = 'ENQUEUED' AND queue_name IS NOT NULL) AS queue
        CROSS JOIN LATERAL (
          SELECT workflow_uuid FROM dbos.workflow_status waiting
          WHERE status = 'ENQUEUED' AND waiting.queue_name = queue.queue_name ${nextFirst} LIMIT ${limitOfQueue}) AS next)
        ORDER BY "queue", w.priority, w.created_at, w.workflow_uuid`),
    find: async (id) => (await rows(sql`WHERE w.workflow_uuid = ${id}`))[0],
    changedSince: ({ time, id = '' }, limit) =>
      rows(sql`WHERE w.workflow_uuid IN (${changedIds(time)}) AND (${updatedAt}, w.workflow_uuid) > (${time}, ${id})
        ORDER BY ${updatedAt}, w.workflow_uuid LIMIT ${limit}`),
    family,
    ancestors,
    statuses,
    held,
    async giveShares(queue) {
      await sql`UPDATE dbos.workflow_status
        SET queue_partition_key = '0', attributes = coalesce(attributes, '{}') || '{"share": "0"}'
        WHERE status <> 'SUCCESS' AND coalesce(attributes ->> 'queue', queue_name) = ${queue}
          AND attributes ->> 'share' IS NULL`.execute(tables);
    },
    makeIndexes: () => makeJobIndexes(tables),
    async now() {
      const { rows } = await sql<{ now: number }>`SELECT (extract(epoch FROM now()) * 1000)::float8 AS now`.execute(
        tables,
      );
      return rows[0]?.now ?? Date.now();
    },
  };
}

/** Each part by its own index: one condition over all of them would read every job there ever was. */
function changedIds(time: number): RawBuilder<unknown> {
  return sql`
    SELECT workflow_uuid FROM dbos.workflow_status WHERE updated_at >= ${Math.floor(time)}
    UNION SELECT job_id FROM reelway.job_progress WHERE updated_at >= ${time}
    UNION SELECT job_id FROM reelway.job_step WHERE updated_at >= ${time}
    UNION SELECT job_id FROM reelway.job_dismissal WHERE dismissed_at >= ${time}`;
}

function conditionOf({ statuses, kinds, parent, deadLetter, after }: Omit<JobQuery, 'limit'>): RawBuilder<unknown> {
  const conditions = [sql`true`];
  if (statuses) conditions.push(sql`w.status = ANY(${[...statuses]})`);
  if (kinds) conditions.push(sql`w.name = ANY(${[...kinds]})`);
  if (parent === null) conditions.push(sql`w.parent_workflow_id IS NULL`);
  else if (parent !== undefined) conditions.push(sql`w.parent_workflow_id = ${parent}`);
  if (deadLetter) conditions.push(isDeadLetter);
  if (after) conditions.push(sql`(w.created_at, w.workflow_uuid) < (${after.createdAt}, ${after.id})`);
  return sql.join(conditions, sql` AND `);
}
