import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../domain/failure.js';
import type { JobDetail, JobSummary } from '../workflow/job-view.js';
import type { ProgressPart } from './measure.js';
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
      line.update(...progressOf(job));
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

/** The parts of a job, each by its own measure; of one without parts, the job. */
function progressOf(job: JobDetail): ProgressPart[] {
  if (job.children.length === 0) return [partOf(job, '')];
  return job.children.map((child) => partOf(child, child.title.replace(/^.*, /, '')));
}

function partOf({ title, status, progress, step }: JobSummary, name: string): ProgressPart {
  const words = (state: string) => `${name === '' ? title : name} ${state}`;
  if (step && step.failedAttempts > 0) return words(`waits to try again (${step.failedAttempts} attempts failed)`);
  if (status !== 'running' || !progress) return words(status);
  const { done, total, unit, bytesRead, bytesWritten } = progress;
  const bytes = bytesRead ?? bytesWritten;
  return { name, done, total, unit, ...(bytes !== undefined && { bytes }) };
}
