import { sql, type Kysely } from 'kysely';
import type { Tables } from './tables.js';

/**
 * Places for jobs that may do something at the same time only so many together, on whatever machine. A place is a job's until it gives it back or
 * ends, whichever way: one whose process died keeps it until it goes on elsewhere and comes to its end.
 */
export interface JobPlaces {
  /** @returns false when all are taken; true as well when the job has one already */
  take(jobId: string): Promise<boolean>;
  giveBack(jobId: string): Promise<void>;
}

/** @param pool what the places are of @param most how many there are */
export function jobPlaces(tables: Kysely<Tables>, { pool, most }: { pool: string; most: number }): JobPlaces {
  return {
    take: (jobId) =>
      tables.transaction().execute(async (transaction) => {
        // One after the other: two who count at the same time would both find the last one free.
        await sql`SELECT pg_advisory_xact_lock(hashtext(${`places ${pool}`}))`.execute(transaction);
        await sql`
          DELETE FROM reelway.job_place place WHERE pool = ${pool} AND NOT EXISTS (
            SELECT FROM dbos.workflow_status w
            WHERE w.workflow_uuid = place.job_id AND w.status IN ('ENQUEUED', 'DELAYED', 'PENDING'))`.execute(
          transaction,
        );
        const { rows } = await sql`
          INSERT INTO reelway.job_place (pool, job_id)
          SELECT ${pool}, ${jobId}
          WHERE (SELECT count(*) FROM reelway.job_place WHERE pool = ${pool} AND job_id <> ${jobId}) < ${most}
          ON CONFLICT (pool, job_id) DO UPDATE SET pool = excluded.pool
          RETURNING job_id`.execute(transaction);
        return rows.length > 0;
      }),
    async giveBack(jobId) {
      await tables.deleteFrom('job_place').where('pool', '=', pool).where('job_id', '=', jobId).execute();
    },
  };
}
