import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql, type Kysely } from 'kysely';
import { isAlive, ownIdentity } from '../process-identity.js';
import type { Tables } from './tables.js';

/** The processes that work on one database server, by their signs of life. */
export interface WorkerTable {
  beat(id: string): Promise<void>;
  /**
   * Workers that hold running jobs and are gone: no sign of life for `timeoutMs` (by the database's clock), or their process has ended
   * on this machine.
   */
  lost(timeoutMs: number): Promise<string[]>;
  /** Processes that gave a sign of life lately and have not stopped. */
  working(): Promise<number>;
  /** Says that the worker has stopped by itself: what it had begun can be taken over at once. */
  leave(id: string): Promise<void>;
  /** Runs it while no other process of this database runs what it runs so: the engine's tables are made by one. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Keeps the name of a worker that went without a word, for who looks after them. */
  noteLost(id: string): Promise<void>;
  /** Forgets a worker whose jobs were taken over, and all that left long ago. */
  remove(id: string): Promise<void>;
}

/** seconds; several times what lies between two signs of life */
const workingWithinSeconds = 15;

/** Any number: the advisory lock of `alone`. */
const aloneLock = 7_335_931;
/** milliseconds */
const tryAgainMs = 100;

/** @param lifeline of the same database, for signs of life */
export function workerTable(tables: Kysely<Tables>, lifeline = tables): WorkerTable {
  return {
    async beat(id) {
      const identity = ownIdentity();
      await lifeline
        .insertInto('worker')
        .values({ id, host: hostname(), ...identity, seen_at: sql`now()` })
        .onConflict((row) => row.column('id').doUpdateSet({ seen_at: sql`now()` }))
        .execute();
    },

    async lost(timeoutMs) {
      const { rows } = await sql<{ id: string; seen: boolean; pid: number | null; started: string; space: string }>`
        SELECT w.executor_id AS id, worker.pid, worker.started, worker.space,
          worker.seen_at > now() - make_interval(secs => ${timeoutMs / 1000}) IS TRUE AS seen
        FROM dbos.workflow_status w LEFT JOIN reelway.worker ON worker.id = w.executor_id
        WHERE w.status = 'PENDING'
        GROUP BY w.executor_id, worker.id
        -- Without a row: lost before, then it came back and took this job; its next sign of life is due.
        HAVING worker.id IS NOT NULL OR max(w.updated_at) < extract(epoch FROM now()) * 1000 - ${timeoutMs}`.execute(
        tables,
      );
      return rows
        .filter(
          ({ seen, pid, started, space }) => !seen || (pid !== null && isAlive({ pid, started, space }) === 'dead'),
        )
        .map(({ id }) => id);
    },

    async working() {
      const { rows } = await sql<{ count: number }>`
        SELECT count(*)::int AS count FROM reelway.worker WHERE seen_at > now() - make_interval(secs => ${workingWithinSeconds})`.execute(
        tables,
      );
      return rows[0]?.count ?? 0;
    },

    async leave(id) {
      await lifeline
        .updateTable('worker')
        .set({ seen_at: new Date(0) })
        .where('id', '=', id)
        .execute();
    },

    alone: (work) =>
      tables.connection().execute(async (connection) => {
        // Tried, not waited for: who waits holds a snapshot, and indexes that are built concurrently wait for those.
        for (;;) {
          const { rows } = await sql<{ got: boolean }>`SELECT pg_try_advisory_lock(${aloneLock}) AS got`.execute(
            connection,
          );
          if (rows[0]?.got) break;
          await sleep(tryAgainMs);
        }
        return work().finally(() => sql`SELECT pg_advisory_unlock(${aloneLock})`.execute(connection));
      }),

    async noteLost(id) {
      // One that stopped by itself said so, with a time long ago.
      await sql`
        INSERT INTO reelway.lost_worker (id, host) SELECT id, host FROM reelway.worker WHERE id = ${id} AND seen_at > to_timestamp(0)
        ON CONFLICT (id) DO UPDATE SET lost_at = now()`.execute(tables);
      await sql`DELETE FROM reelway.lost_worker WHERE lost_at < now() - interval '1 day'`.execute(tables);
    },

    async remove(id) {
      await tables
        .deleteFrom('worker')
        .where((row) => row.or([row('id', '=', id), row('seen_at', '<', sql<Date>`now() - interval '1 day'`)]))
        .execute();
    },
  };
}
