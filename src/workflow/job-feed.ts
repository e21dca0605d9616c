import type { Logger } from 'pino';
import type { JobRow, JobTable } from '../status/job-table.js';
import type { JobSummary } from './job-view.js';
import { summaries } from './job-summaries.js';

/** Jobs as they change, whichever process works on them: it looks into the database while somebody listens. */
export interface JobFeed {
  /** Calls `listener` for every change from now on, perhaps also for what changed just before; returns how to stop. */
  readonly subscribe: (listener: (job: JobSummary) => void) => () => void;
}

/** milliseconds */
const lookEveryMs = 250;
/** Changes within this time before the last one seen are looked at again: a transaction may have become visible late. */
const overlapMs = 2000;
/** Rows of one look; what is beyond comes with the next. */
const rowsPerLook = 500;

export function jobFeed(table: Pick<JobTable, 'changedSince' | 'now'>, log: Logger): JobFeed & { stop: () => void } {
  const listeners = new Set<(job: JobSummary) => void>();
  let timer: NodeJS.Timeout | undefined;
  /** Where the next look begins, by the database's clock. */
  let from: { readonly time: number; readonly id?: string } | undefined;
  let since = 0;
  /** What was told of each job, so that the overlap tells nothing twice. */
  let told = new Map<string, string>();

  async function look(): Promise<void> {
    const now = await table.now();
    from ??= { time: now - (Date.now() - since) - overlapMs };
    // Behind what lies in the future nothing would be seen until then: the clock was put back, or a process whose clock is ahead wrote it.
    if (from.time > now) from = { time: now - overlapMs };
    const rows = await table.changedSince(from, rowsPerLook);
    const changed = rows.filter((row) => told.get(row.id) !== signatureOf(row));
    told = new Map([...told, ...rows.map((row) => [row.id, signatureOf(row)] as const)].slice(-2 * rowsPerLook));
    // A full look: go on behind it, or the same rows would come for ever.
    const last = rows.length === rowsPerLook ? rows.at(-1) : undefined;
    from = last ? { time: last.updatedAt, id: last.id } : { time: now - overlapMs };
    for (const job of await summaries(changed)) for (const listener of listeners) listener(job);
  }

  function schedule(delay: number): void {
    timer = setTimeout(() => {
      look()
        .catch((error: unknown) => log.warn({ reason: String(error) }, 'could not look for changes of jobs'))
        .finally(() => {
          timer = undefined;
          if (listeners.size > 0) schedule(lookEveryMs);
        });
    }, delay);
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      if (listeners.size === 1) {
        from = undefined;
        since = Date.now();
        told = new Map();
      }
      if (!timer) schedule(0);
      return () => void listeners.delete(listener);
    },
    stop() {
      listeners.clear();
      clearTimeout(timer);
    },
  };
}

function signatureOf({ engineStatus, updatedAt, earlierAttempts, deadLetter }: JobRow): string {
  return [engineStatus, updatedAt, earlierAttempts, deadLetter].join(' ');
}
