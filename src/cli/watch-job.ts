import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../domain/failure.js';
import type { JobDetail, JobSummary } from '../workflow/job-view.js';
import { formatBytes } from './quantity.js';
import type { Terminal } from './terminal.js';

/** milliseconds between two looks at a job */
const lookInterval = 300;

/**
 * Shows how a job is going until it has ended.
 * @returns the job, done
 * @throws Failure as the job failed; cancelled; the signal's reason
 */
export async function watchJob(
  look: (signal: AbortSignal) => Promise<JobDetail>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<JobDetail> {
  const line = terminal.progress();
  try {
    for (;;) {
      signal.throwIfAborted();
      const job = await look(signal);
      if (job.status === 'done') return job;
      if (job.status === 'failed' || job.status === 'cancelled') throw endFailure(job);
      line.update(progressText(job));
      await sleep(lookInterval, undefined, { signal });
    }
  } finally {
    line.clear();
  }
}

function endFailure({ id, status, failure }: JobSummary): Failure {
  if (failure) return new Failure(failure.code, failure.message, { details: { job: id, ...failure.details } });
  return new Failure('cancelled', `The job ${id} is ${status}.`, { details: { job: id } });
}

function progressText(job: JobDetail): string {
  const parts = job.children.map((child) => `${child.title.replace(/^.*, /, '')} ${stateText(child)}`);
  return parts.length > 0 ? parts.join('; ') : `${job.title} ${stateText(job)}`;
}

function stateText({ status, progress, step }: JobSummary): string {
  if (step && step.failedAttempts > 0) return `waits to try again (${step.failedAttempts} attempts failed)`;
  if (status !== 'running' || !isProgress(progress)) return status;
  const read = progress.bytesRead === undefined ? '' : `, ${formatBytes(progress.bytesRead)} read`;
  return `${progress.done} of ${progress.total} ${progress.unit}${read}`;
}

function isProgress(value: object | null): value is { done: number; total: number; unit: string; bytesRead?: number } {
  return value !== null && 'done' in value && 'total' in value && 'unit' in value;
}
