import { sql, type Kysely } from 'kysely';
import { jsonText } from './json-text.js';
import type { StoredFailure, Tables } from './tables.js';

/**
 * What the engine does not keep of a job: the step that runs now with its failed attempts, how far it is, earlier attempts at the whole
 * job, and what an operator has dismissed. Nothing that a job needs to go on: losing it loses no work.
 */
export interface JobJournal {
  /** @returns failed attempts at this step so far: some, when the process was restarted in the middle of them */
  stepStarted(step: StepKey, name: string): Promise<{ failedAttempts: number }>;
  attemptFailed(step: StepKey, failure: StoredFailure, nextAttemptAt: number | null): Promise<void>;
  reportProgress(jobId: string, progress: object): Promise<void>;
  /** Keeps how an attempt at the whole job ended, before the next one wipes it out; forgets its steps from `fromStep` on. */
  attemptEnded(jobId: string, attempt: EndedAttempt, fromStep: number): Promise<void>;
  dismiss(jobId: string): Promise<void>;
  steps(jobId: string): Promise<JournalStep[]>;
  attempts(jobId: string): Promise<(EndedAttempt & { attempt: number })[]>;
}

export interface StepKey {
  readonly jobId: string;
  /** the engine's number of the step within the job */
  readonly stepId: number;
}

export interface EndedAttempt {
  readonly status: 'done' | 'failed' | 'cancelled';
  readonly failure: StoredFailure | null;
  /** milliseconds since 1970 */
  readonly startedAt: number | null;
  readonly endedAt: number;
}

export interface JournalStep {
  readonly stepId: number;
  readonly name: string;
  readonly startedAt: number;
  readonly failedAttempts: number;
  readonly lastFailure: StoredFailure | null;
  readonly nextAttemptAt: number | null;
}

/** The database's clock, which the engine uses too: the clocks of several machines need not agree. */
const now = sql<number>`extract(epoch FROM clock_timestamp()) * 1000`;

export function jobJournal(tables: Kysely<Tables>): JobJournal {
  async function stepStarted({ jobId, stepId }: StepKey, name: string) {
    const { failed_attempts: failedAttempts } = await tables
      .insertInto('job_step')
      .values({ job_id: jobId, step_id: stepId, name, started_at: now, failed_attempts: 0, updated_at: now })
      .onConflict((row) =>
        row.columns(['job_id', 'step_id']).doUpdateSet({ name, next_attempt_at: null, updated_at: now }),
      )
      .returning('failed_attempts')
      .executeTakeFirstOrThrow();
    return { failedAttempts };
  }

  async function attemptFailed({ jobId, stepId }: StepKey, failure: StoredFailure, nextAttemptAt: number | null) {
    await tables
      .updateTable('job_step')
      .set((row) => ({
        failed_attempts: row('failed_attempts', '+', 1),
        last_failure: jsonText(failure),
        next_attempt_at: nextAttemptAt,
        updated_at: now,
      }))
      .where('job_id', '=', jobId)
      .where('step_id', '=', stepId)
      .execute();
  }

  async function reportProgress(jobId: string, progress: object) {
    const value = { progress: jsonText(progress), updated_at: now };
    await tables
      .insertInto('job_progress')
      .values({ job_id: jobId, ...value })
      .onConflict((row) => row.column('job_id').doUpdateSet(value))
      .execute();
  }

  async function attemptEnded(jobId: string, ended: EndedAttempt, fromStep: number) {
    await tables.transaction().execute(async (transaction) => {
      const { attempt } = await transaction
        .selectFrom('job_attempt')
        .select((row) => row.fn.coalesce(row.fn.max('attempt'), row.lit(0)).as('attempt'))
        .where('job_id', '=', jobId)
        .executeTakeFirstOrThrow();
      await transaction
        .insertInto('job_attempt')
        .values({
          job_id: jobId,
          attempt: attempt + 1,
          status: ended.status,
          failure: ended.failure && jsonText(ended.failure),
          started_at: ended.startedAt,
          ended_at: ended.endedAt,
        })
        .execute();
      await transaction.deleteFrom('job_step').where('job_id', '=', jobId).where('step_id', '>=', fromStep).execute();
      await transaction.deleteFrom('job_progress').where('job_id', '=', jobId).execute();
      await transaction.deleteFrom('job_dismissal').where('job_id', '=', jobId).execute();
    });
  }

  async function dismiss(jobId: string) {
    await tables
      .insertInto('job_dismissal')
      .values({ job_id: jobId, dismissed_at: now })
      .onConflict((row) => row.column('job_id').doNothing())
      .execute();
  }

  async function steps(jobId: string) {
    const rows = await tables
      .selectFrom('job_step')
      .selectAll()
      .where('job_id', '=', jobId)
      .orderBy('step_id')
      .execute();
    return rows.map((row) => ({
      stepId: row.step_id,
      name: row.name,
      startedAt: row.started_at,
      failedAttempts: row.failed_attempts,
      lastFailure: row.last_failure,
      nextAttemptAt: row.next_attempt_at,
    }));
  }

  async function attempts(jobId: string) {
    const rows = await tables
      .selectFrom('job_attempt')
      .selectAll()
      .where('job_id', '=', jobId)
      .orderBy('attempt')
      .execute();
    return rows.map((row) => ({
      attempt: row.attempt,
      status: row.status,
      failure: row.failure,
      startedAt: row.started_at,
      endedAt: row.ended_at,
    }));
  }

  return { stepStarted, attemptFailed, reportProgress, attemptEnded, dismiss, steps, attempts };
}
