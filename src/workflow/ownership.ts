import { setTimeout as sleep } from 'node:timers/promises';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { currentOwnerXid } from '@dbos-inc/dbos-sdk/internal/context';
import { DBOSWorkflowConflictError } from '@dbos-inc/dbos-sdk/internal/error';
import { Failure } from '../domain/failure.js';
import type { JobTable } from '../status/job-table.js';
import { isDatabaseAway } from './database-away.js';
import type { Holder, RunningSteps } from './running-steps.js';

/**
 * Whose a job is. The engine gives every run of a job a token of its own and refuses what an older run records; what an older run does
 * outside, nobody can undo. So a step asks before it does anything that must not happen twice.
 */
export interface Ownership {
  /** Does this run still have its job? Waits while the database is away. */
  readonly holds: (holder: Holder) => Promise<boolean>;
}

/** milliseconds between attempts to ask a database that is away */
const askAgainMs = 500;

export function ownership(table: Pick<JobTable, 'held'>, running: Pick<RunningSteps, 'stopping'>): Ownership {
  return {
    async holds(holder) {
      while (!running.stopping) {
        try {
          return (await table.held([holder])).has(holder.owner);
        } catch (error) {
          if (!isDatabaseAway(error)) throw error;
          await sleep(askAgainMs);
        }
      }
      return false;
    },
  };
}

/** The run of the workflow that calls. */
export function currentHolder(): Holder {
  const jobId = DBOS.workflowID;
  const owner = jobId === undefined ? undefined : currentOwnerXid(jobId);
  if (jobId === undefined || owner === undefined)
    throw new Failure('internal', 'A step was called outside a workflow.');
  return { jobId, owner };
}

/** What a run that has lost its job throws: the engine then records nothing of it, and gives its place free. */
export function lostJob({ jobId }: Holder): Error {
  return new DBOSWorkflowConflictError(jobId);
}
