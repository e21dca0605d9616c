import type { JobTable } from '../status/job-table.js';

/** Tells when jobs have ended, wherever they run: one small query for all that anybody in this process waits for. */
export interface JobEnds {
  /**
   * Resolves when the job has ended, whichever way.
   * @throws the signal's reason
   */
  wait(jobId: string, signal?: AbortSignal): Promise<void>;
}

/** milliseconds; the engine's own wait looks once a second, which would be felt in every chain of jobs. */
const lookEveryMs = 100;

const unfinished = ['ENQUEUED', 'DELAYED', 'PENDING'];

export function jobEnds(table: Pick<JobTable, 'statuses'>): JobEnds {
  const waiting = new Map<string, Set<Waiter>>();
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    const statuses = await table.statuses([...waiting.keys()]);
    for (const [jobId, waiters] of waiting) {
      // A job that is not there yet may still come: its starter is about to write it.
      const status = statuses.get(jobId);
      if (status === undefined || unfinished.includes(status)) continue;
      waiting.delete(jobId);
      for (const waiter of waiters) waiter.resolve();
    }
  }

  function schedule(): void {
    timer ??= setTimeout(() => {
      look()
        .catch(() => undefined) // the database is away: looked at again in a moment
        .finally(() => {
          timer = undefined;
          if (waiting.size > 0) schedule();
        });
    }, lookEveryMs);
  }

  return {
    async wait(jobId, signal) {
      signal?.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const leave = (): void => {
          waiters.delete(waiter);
          if (waiters.size === 0 && waiting.get(jobId) === waiters) waiting.delete(jobId);
          reject(signal?.reason as Error);
        };
        const waiter: Waiter = {
          resolve() {
            // A signal of several others is kept for as long as somebody listens to it, and with it all that its listener knows.
            signal?.removeEventListener('abort', leave);
            resolve();
          },
        };
        const waiters = waiting.get(jobId) ?? new Set();
        waiting.set(jobId, waiters.add(waiter));
        signal?.addEventListener('abort', leave, { once: true });
        schedule();
      });
    },
  };
}

interface Waiter {
  readonly resolve: () => void;
}
