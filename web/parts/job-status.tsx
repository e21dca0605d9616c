import type { JobSummary } from '../../src/api/contract';

const words: Record<JobSummary['status'], string> = {
  queued: 'waiting',
  running: 'running',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** A word, and a colour beside it. */
export function JobStatus({ job: { status, step } }: { readonly job: Pick<JobSummary, 'status' | 'step'> }) {
  const waits = status === 'running' && Boolean(step?.nextAttemptAt);
  return <span className={`status ${waits ? 'again' : status}`}>{waits ? 'tries again' : words[status]}</span>;
}
