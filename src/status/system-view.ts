import { statfs } from 'node:fs/promises';
import { sql, type Kysely } from 'kysely';
import { isDeadLetter } from './job-table.js';
import type { Tables } from './tables.js';
import { waitingSince } from './waiting-since.js';

/** How the engine is doing, across all processes that work on the database. */
export interface SystemView {
  /** Queues that hold a job now. */
  queues(): Promise<readonly QueueState[]>;
  /** Jobs that have not ended, by kind and status. */
  jobCounts(): Promise<readonly JobCount[]>;
  /** Jobs that failed for good and wait for somebody. */
  deadLetters(): Promise<number>;
  /** When a recording or an asset was done last, milliseconds since 1970; undefined: not within the history that is kept. */
  lastDone(): Promise<number | undefined>;
  /** Processes that gave a sign of life lately, or hold running jobs. */
  workers(): Promise<readonly WorkerState[]>;
}

export interface JobCount {
  readonly kind: string;
  readonly status: 'queued' | 'running';
  readonly count: number;
}

export interface QueueState {
  readonly name: string;
  readonly waiting: number;
  readonly running: number;
  /** since when the job that has waited longest waits, milliseconds since 1970 */
  readonly oldestWaiting: number | null;
}

export interface WorkerState {
  readonly id: string;
  readonly host: string | null;
  readonly pid: number | null;
  /** null: it gives none, as the one process of an embedded database does */
  readonly seenAt: Date | null;
  readonly running: number;
}

/** Kinds of jobs that somebody wants done; sweeps and other upkeep end every hour. */
const wantedKinds = ['ingest-recording', 'stream-recording', 'package-asset'];

/** seconds after which a worker without a sign of life is shown no longer, unless it holds jobs */
const forgottenAfterSeconds = 60;

export function systemView(tables: Kysely<Tables>): SystemView {
  return {
    async queues() {
      const { rows } = await sql<QueueState>`
        SELECT coalesce(attributes ->> 'queue', queue_name) AS "name",
          count(*) FILTER (WHERE status <> 'PENDING')::int AS "waiting",
          count(*) FILTER (WHERE status = 'PENDING')::int AS "running",
          min(${waitingSince}) FILTER (WHERE status <> 'PENDING')::float8 AS "oldestWaiting"
        FROM dbos.workflow_status w
        WHERE status IN ('PENDING', 'ENQUEUED', 'DELAYED') AND queue_name IS NOT NULL
        GROUP BY 1 ORDER BY 1`.execute(tables);
      return rows;
    },

    async jobCounts() {
      const { rows } = await sql<JobCount>`
        SELECT name AS "kind", CASE status WHEN 'PENDING' THEN 'running' ELSE 'queued' END AS "status", count(*)::int AS "count"
        FROM dbos.workflow_status WHERE status IN ('PENDING', 'ENQUEUED', 'DELAYED') GROUP BY 1, 2`.execute(tables);
      return rows;
    },

    async deadLetters() {
      const { rows } = await sql<{ count: number }>`
        SELECT count(*)::int AS count FROM dbos.workflow_status w
        LEFT JOIN reelway.job_dismissal d ON d.job_id = w.workflow_uuid WHERE ${isDeadLetter}`.execute(tables);
      return rows[0]?.count ?? 0;
    },

    async lastDone() {
      const { rows } = await sql<{ at: number }>`
        SELECT completed_at::float8 AS "at" FROM dbos.workflow_status
        WHERE completed_at IS NOT NULL AND status = 'SUCCESS' AND name = ANY(${wantedKinds})
        ORDER BY completed_at DESC LIMIT 1`.execute(tables);
      return rows[0]?.at;
    },

    async workers() {
      const { rows } = await sql<WorkerState>`
        SELECT coalesce(worker.id, busy.executor_id) AS "id", worker.host, worker.pid, worker.seen_at AS "seenAt",
          coalesce(busy.running, 0)::int AS "running"
        FROM reelway.worker FULL JOIN (
          SELECT executor_id, count(*) AS running FROM dbos.workflow_status WHERE status = 'PENDING' GROUP BY 1
        ) busy ON busy.executor_id = worker.id
        WHERE busy.running > 0 OR worker.seen_at > now() - make_interval(secs => ${forgottenAfterSeconds})
        ORDER BY 1`.execute(tables);
      return rows;
    },
  };
}

export interface DiskSpace {
  readonly path: string;
  /** bytes that this process may still write */
  readonly free: number;
  /** bytes */
  readonly total: number;
}

/** The file system that holds the folder; undefined while the folder is not there. */
export async function diskSpace(path: string): Promise<DiskSpace | undefined> {
  try {
    const { bavail, blocks, bsize } = await statfs(path);
    return { path, free: bavail * bsize, total: blocks * bsize };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
