import { sql, type Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Tables } from './tables.js';
import { waitingSince } from './waiting-since.js';

/** milliseconds */
const everyMs = 60_000;

/**
 * Logs once a minute how many jobs wait, and for how long the first of them has: what the number of workers is decided by. Every process
 * that is asked to says the same; take the largest.
 */
export function watchQueues(tables: Kysely<Tables>, log: Logger): { stop: () => void } {
  const timer = setInterval(() => {
    queueState(tables).then(
      (state) => log.info(state, 'queues'),
      (error: unknown) => log.warn({ reason: String(error) }, 'could not look at the queues'),
    );
  }, everyMs).unref();
  return { stop: () => clearInterval(timer) };
}

/** Jobs that wait in all queues; seconds that the oldest has waited, 0 when none does. */
export async function queueState(tables: Kysely<Tables>): Promise<{ waiting: number; oldestSeconds: number }> {
  const { rows } = await sql<{ waiting: number; oldestSeconds: number }>`
    SELECT count(*)::int AS "waiting",
      coalesce(greatest(0, extract(epoch FROM now()) - min(${waitingSince}) / 1000.0), 0)::float8 AS "oldestSeconds"
    FROM dbos.workflow_status w WHERE status = 'ENQUEUED'`.execute(tables);
  return rows[0] ?? { waiting: 0, oldestSeconds: 0 };
}
