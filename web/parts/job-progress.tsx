import type { JobSummary } from '../../src/api/contract';
import { formatBytes, formatDuration, formatNumber } from '../format';
import type { Rate } from '../progress-rate';

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
  const isBytes = unit === 'bytes';
  const count = isBytes
    ? `${formatBytes(done)} of ${formatBytes(total)}`
    : `${formatNumber(done)} of ${formatNumber(total)} ${unit}`;
  const bytesPerSecond = isBytes ? rate?.perSecond : rate?.bytesPerSecond;
  const facts = [
    count,
    !isBytes && bytesWritten !== undefined && `${formatBytes(bytesWritten)} written`,
    bytesPerSecond !== undefined && bytesPerSecond > 0 && `${formatBytes(bytesPerSecond)}/s`,
    !isBytes && bytesPerSecond === undefined && rate && `${formatNumber(rate.perSecond)} ${unit}/s`,
    rate?.timeLeft !== undefined && done < total && `${formatDuration(rate.timeLeft)} left`,
  ].filter((fact) => fact !== false && fact !== undefined);
  return (
    <div className="progress">
      <progress aria-label={`Progress of ${title}`} value={done} max={Math.max(total, 1)} />
      <span>{facts.join(' · ')}</span>
    </div>
  );
}
