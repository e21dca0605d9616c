import { sql } from 'kysely';

/**
 * Of `w`, a job that waits: when it came into its queue the last time, milliseconds since 1970. A retry keeps `created_at`; everything that puts
 * a job into a queue writes `updated_at`. So does the turn that a job above takes for it, anew when that job is taken over: of a job that has
 * never run, its creation counts.
 */
export const waitingSince = sql`CASE
  WHEN w.recovery_attempts > 0 OR EXISTS (SELECT FROM reelway.job_attempt a WHERE a.job_id = w.workflow_uuid) THEN w.updated_at
  ELSE w.created_at END`;
