import { DBOS } from '@dbos-inc/dbos-sdk';
import type { JobJournal } from '../status/job-journal.js';
import type { JobRow } from '../status/job-table.js';
import { failureOf } from './children.js';
import { jobStatusOf, summaryOf, type JobSummary } from './job-view.js';
import { storedFailure } from './stored-failure.js';

/** The rows with why they failed, which only the engine can read. */
export async function summaries(rows: readonly JobRow[]): Promise<JobSummary[]> {
  const failed = rows.filter((row) => jobStatusOf(row.engineStatus) === 'failed').map((row) => row.id);
  const statuses = failed.length === 0 ? [] : await DBOS.listWorkflows({ workflowIDs: failed, loadInput: false });
  const failures = new Map(
    statuses.map((status) => [status.workflowID, storedFailure(failureOf(status.workflowID, status))]),
  );
  return rows.map((row) => summaryOf(row, failures.get(row.id) ?? null));
}

/** Notes how the attempt ended, before the next one wipes it out; steps from `fromStep` on are forgotten. */
export async function keepAttempt(journal: JobJournal, row: JobRow, fromStep: number): Promise<void> {
  const [summary] = await summaries([row]);
  const status = jobStatusOf(row.engineStatus);
  const failure = summary?.failure;
  await journal.attemptEnded(
    row.id,
    {
      status: status === 'done' || status === 'failed' ? status : 'cancelled',
      failure: failure ? { code: failure.code, message: failure.message, details: failure.details } : null,
      startedAt: row.startedAt,
      endedAt: row.endedAt ?? row.updatedAt,
    },
    fromStep,
  );
}
