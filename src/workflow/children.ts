import { DBOS } from '@dbos-inc/dbos-sdk';
import { Failure, toFailure } from '../domain/failure.js';
import type { ChildJob, ChildOutcome } from './definition.js';
import type { JobEnds } from './job-ends.js';
import { currentHolder } from './ownership.js';
import { engineStep, whileHeld, type StepRuntime } from './step.js';
import { isFailure, storable } from './stored-failure.js';

/** Waits for all children at once; each outcome is a checkpoint of its own, so that "try again" knows which one failed. */
export function settleChildren<Result>(
  runtime: StepRuntime & { ends: JobEnds },
  children: readonly ChildJob<Result>[],
): Promise<ChildOutcome<Result>[]> {
  return Promise.all(children.map((child) => settleChild(runtime, child)));
}

async function settleChild<Result>(
  runtime: StepRuntime & { ends: JobEnds },
  { id }: ChildJob<Result>,
): Promise<ChildOutcome<Result>> {
  try {
    const result = await engineStep(runtime, `wait for ${id}`, () => outcomeOf<Result>(runtime, id));
    return { id, status: 'done', result };
  } catch (error) {
    if (!isFailure(error)) throw error;
    const failure = toFailure(error);
    return { id, status: failure.code === 'cancelled' ? 'cancelled' : 'failed', failure };
  }
}

/** @throws Failure of the child */
async function outcomeOf<Result>(runtime: StepRuntime & { ends: JobEnds }, id: string): Promise<Result> {
  const elsewhere = DBOS.stepStatus?.cancelSignal;
  return whileHeld(runtime, currentHolder(), { waits: true }, async ({ signal: local }) => {
    await runtime.ends.wait(id, elsewhere ? AbortSignal.any([local, elsewhere]) : local);
    return endedResult<Result>(id);
  });
}

/**
 * What a job that has ended gave.
 * @throws Failure as it failed; `cancelled` when it was cancelled
 */
export async function endedResult<Result>(id: string): Promise<Result> {
  const status = await DBOS.getWorkflowStatus(id);
  if (status?.status === 'SUCCESS') return status.output as Result;
  throw storable(failureOf(id, status));
}

/** Why a job failed. */
export function failureOf(
  id: string,
  status: { status: string; error?: unknown; recoveryAttempts?: number } | null,
): Failure {
  switch (status?.status) {
    case 'ERROR':
      return toFailure(status.error);
    case 'CANCELLED':
      return new Failure('cancelled', `The job ${id} was cancelled.`, { details: { job: id } });
    case 'MAX_RECOVERY_ATTEMPTS_EXCEEDED':
      return new Failure(
        'worker_lost',
        `The process ended ${status.recoveryAttempts ?? 'too many'} times while the job ${id} ran.`,
        {
          details: { job: id },
        },
      );
    default:
      return new Failure('not_found', `There is no job ${id}.`, { details: { job: id } });
  }
}
