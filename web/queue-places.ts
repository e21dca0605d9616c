import type { JobSummary, System } from '../src/api/contract';

type Queue = System['queues'][number];

/** The jobs that are known here, and where there are more. */
export interface KnownJobs {
  readonly running: readonly JobSummary[];
  readonly waiting: readonly JobSummary[];
  readonly cut: { readonly running: boolean; readonly waiting: ReadonlySet<string | null> };
}

interface Counts {
  readonly running: number;
  readonly waiting: number;
}

/** Names of the queues in which jobs wait. */
export function waitingQueues({ waiting, cut }: KnownJobs): readonly (string | null)[] {
  const names = new Set([...waiting.map(({ queue }) => queue), ...cut.waiting]);
  return [...names].sort((a, b) => (a ?? '').localeCompare(b ?? ''));
}

/**
 * How many jobs of the queue run and wait: as they are known here, which is live; where that is not all of them, as the server counted them
 * last.
 */
export function countsOf(name: string | null, { running, waiting, cut }: KnownJobs, queue: Queue | undefined): Counts {
  const known = (jobs: readonly JobSummary[]) => jobs.filter((job) => job.queue === name).length;
  const [runs, waits] = [known(running), known(waiting)];
  return {
    running: cut.running ? Math.max(runs, queue?.running ?? 0) : runs,
    waiting: cut.waiting.has(name) ? Math.max(waits, queue?.waiting ?? 0) : waits,
  };
}

/** The same of all queues together. */
export function totalCounts(known: KnownJobs, queues: readonly Queue[]): Counts {
  const counted = queues.reduce((sum, { running }) => sum + running, 0);
  const { running, cut } = known;
  return {
    running: cut.running ? Math.max(running.length, counted) : running.length,
    waiting: waitingQueues(known)
      .map((name) => countsOf(name, known, queueOf(name, queues)).waiting)
      .reduce((sum, waits) => sum + waits, 0),
  };
}

export function queueOf(name: string | null, queues: readonly Queue[] = []): Queue | undefined {
  return queues.find((queue) => queue.name === name);
}
