import type { JobSummary } from '../src/api/contract';

/** How fast a job goes, from what was seen of it. */
export interface Rate {
  /** of the progress's unit, per second */
  readonly perSecond: number;
  /** bytes written per second; undefined where the job does not count them */
  readonly bytesPerSecond: number | undefined;
  /** milliseconds */
  readonly timeLeft: number | undefined;
}

interface Sample {
  readonly at: number;
  readonly done: number;
  readonly bytes: number | undefined;
}

/** milliseconds that are looked back on: long enough for segments that come in bursts, short enough to follow a change */
const windowMs = 15_000;

export interface RateMeter {
  add(job: JobSummary): void;
  /** undefined until the job was seen to move */
  rate(job: JobSummary): Rate | undefined;
}

/** Remembers the progress of each running job for a while. */
export function rateMeter(): RateMeter {
  const samples = new Map<string, readonly Sample[]>();
  return {
    add(job) {
      if (job.status !== 'running' || !job.progress) {
        samples.delete(job.id);
        return;
      }
      const sample = { at: Date.parse(job.updatedAt), done: job.progress.done, bytes: job.progress.bytesWritten };
      const before = samples.get(job.id) ?? [];
      const last = before.at(-1);
      if (last && sample.at <= last.at) return;
      // A step that begins anew counts from the start.
      const begun = last && sample.done < last.done ? [] : before.filter(({ at }) => at >= sample.at - windowMs);
      samples.set(job.id, [...begun, sample]);
    },
    rate: (job) => rateOf(samples.get(job.id) ?? [], job),
  };
}

function rateOf(samples: readonly Sample[], { progress }: JobSummary): Rate | undefined {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.at <= first.at || !progress) return undefined;
  const seconds = (last.at - first.at) / 1000;
  const perSecond = (last.done - first.done) / seconds;
  const bytes = first.bytes !== undefined && last.bytes !== undefined ? last.bytes - first.bytes : undefined;
  return {
    perSecond,
    bytesPerSecond: bytes === undefined ? undefined : Math.max(0, bytes / seconds),
    timeLeft: perSecond > 0 ? ((progress.total - last.done) / perSecond) * 1000 : undefined,
  };
}
