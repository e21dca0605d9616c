import { sql, type Kysely } from 'kysely';
import { databaseTime } from './database-clock.js';
import type { Tables } from './tables.js';

/** milliseconds after its end in which a job's last lines may still be on their way here (job-log-writer.ts), by either side of a clock that was set */
const lastLinesWithin = 2000;

/** What the log said about jobs, kept with them: whichever process said it, whoever asks whichever process. */
export interface JobLog {
  /**
   * The lines of one job and of those below it; of all jobs of a recording or asset when that is named.
   * @param id of a job, an asset or a meeting, or a recording's UUID
   * @returns undefined when there are no such jobs
   */
  read(id: string, page: { after?: number; limit: number }): Promise<JobLogPage | undefined>;
}

export interface JobLogPage {
  readonly jobs: readonly string[];
  /** oldest first */
  readonly lines: readonly JobLogLine[];
  /** No job of them will say more unless somebody retries it. */
  readonly ended: boolean;
}

export interface JobLogLine {
  readonly sequence: number;
  readonly job: string;
  /** as it was logged: pino's JSON with secrets taken out */
  readonly line: string;
}

export function jobLog(tables: Kysely<Tables>): JobLog {
  return {
    async read(id, { after = 0, limit }) {
      const family = await familyOf(tables, id);
      if (family.length === 0) return undefined;
      const jobs = family.map((member) => member.id);
      const { rows: lines } = await sql<JobLogLine>`
        SELECT sequence::float8 AS "sequence", job_id AS "job", line FROM reelway.job_log
        WHERE job_id = ANY(${jobs}::text[]) AND sequence > ${Math.floor(after)} ORDER BY sequence LIMIT ${limit}`.execute(
        tables,
      );
      return { jobs, lines, ended: lines.length < limit && family.every((member) => member.ended) };
    },
  };
}

/** What a person has at hand names jobs: their id, that of the asset, or the meeting of a recording. */
async function familyOf(tables: Kysely<Tables>, given: string): Promise<{ id: string; ended: boolean }[]> {
  const id = /^[\d\s-]+$/.test(given) ? given.replaceAll(/[\s-]/g, '') : given;
  const { rows } = await sql<{ id: string; ended: boolean }>`
    WITH RECURSIVE named AS (
      SELECT workflow_uuid AS id FROM dbos.workflow_status WHERE workflow_uuid IN (${id}, ${`asset:${id}`}, ${`recording:${id}`})
      UNION SELECT job_id FROM reelway.ingest WHERE job_id IS NOT NULL AND uuid IN (
        SELECT uuid FROM reelway.recording WHERE uuid = ${id} OR meeting_id = ${id})),
    family AS (
      SELECT id FROM named
      UNION SELECT w.workflow_uuid FROM dbos.workflow_status w JOIN family f ON w.parent_workflow_id = f.id)
    SELECT w.workflow_uuid AS "id", coalesce(abs(${databaseTime} - w.completed_at) > ${lastLinesWithin}, false) AS "ended"
    FROM family f
    JOIN dbos.workflow_status w ON w.workflow_uuid = f.id ORDER BY w.created_at, w.workflow_uuid`
    .execute(tables)
    .catch(unlessNoJobsYet);
  return rows;
}

/** The engine makes its tables when it first starts. */
function unlessNoJobsYet(error: unknown): { rows: never[] } {
  const undefinedTable = '42P01';
  if (error instanceof Error && 'code' in error && error.code === undefinedTable) return { rows: [] };
  throw error;
}
