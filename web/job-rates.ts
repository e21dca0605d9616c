import type { JobSummary } from '../src/api/contract';
import { rateMeter, type Rate } from '../src/view/progress-rate';

/** How fast running jobs go. */
export interface JobRates {
  add(job: JobSummary): void;
  /** undefined until the job was seen to move */
  rate(job: JobSummary): Rate | undefined;
}

/** Remembers the progress of each running job for a while. */
export function jobRates(): JobRates {
  const meter = rateMeter();
  return {
    add({ id, status, progress, updatedAt }) {
      if (status !== 'running' || !progress) return meter.forget(id);
      const { done, total, bytesWritten: bytes } = progress;
      meter.add(id, { at: Date.parse(updatedAt), done, total, bytes });
    },
    rate: ({ id }) => meter.rate(id),
  };
}
