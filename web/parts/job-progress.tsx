import type { JobSummary } from '../../src/api/contract';
import { progressFacts } from '../../src/view/progress-facts';
import type { Rate } from '../../src/view/progress-rate';
import { formatBytes, quantities } from '../format';

/** How far a job is, how fast, and how long it will take. */
export function JobProgress({
  job: { progress, title },
  rate,
}: {
  readonly job: JobSummary;
  readonly rate?: Rate | undefined;
}) {
  if (!progress) return null;
  const { done, total, unit, bytesWritten } = progress;
  const note = unit !== 'bytes' && bytesWritten !== undefined ? `${formatBytes(bytesWritten)} written` : undefined;
  const facts = progressFacts({ done, total, unit, note }, rate, quantities);
  return (
    <div className="progress">
      <progress aria-label={`Progress of ${title}`} value={done} max={Math.max(total, 1)} />
      <span>{facts.join(' · ')}</span>
    </div>
  );
}
