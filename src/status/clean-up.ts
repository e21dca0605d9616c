import { setTimeout as sleep } from 'node:timers/promises';
import { sql, type Kysely } from 'kysely';
import type { Logger } from 'pino';
import { databaseTime } from './database-clock.js';
import type { JobHistory } from './job-history.js';
import type { Tables } from './tables.js';

export interface CleanUpOptions {
  readonly tables: Kysely<Tables>;
  readonly history: JobHistory;
  /** days */
  readonly keep: { readonly jobs: number; readonly failedJobs: number; readonly events: number };
  /** The embedded database has no autovacuum of its own. */
  readonly vacuums: boolean;
  /** What else is tidied, once a day, one after the other. */
  readonly daily: readonly DailyWork[];
  readonly log: Logger;
  /** milliseconds between two clean-ups, by whichever process; default 600000 */
  readonly everyMs?: number;
  /** milliseconds between looks whether one is due; default 60000 */
  readonly lookMs?: number;
}

export type DailyWork = (signal: AbortSignal) => Promise<unknown>;

/** Jobs without a parent, or events, that one transaction removes: short enough that nobody waits for it. */
const batchSize = 200;
/** milliseconds that one clean-up may take; what is left is for the next */
const longestTurnMs = 300_000;
const dayMs = 86_400_000;

/** Removes history that is old enough, from time to time, in one of the processes that share the database. */
export function startCleanUp(options: CleanUpOptions): { stop: () => Promise<void> } {
  const { log, everyMs = 600_000, lookMs = 60_000 } = options;
  const stopped = new AbortController();
  let turn: Promise<void> | undefined;

  async function attempt(work: () => Promise<unknown>): Promise<void> {
    await work().catch((error: unknown) => {
      if (!stopped.signal.aborted) log.warn({ reason: String(error) }, 'could not tidy up');
    });
  }
  async function look(): Promise<void> {
    if (await isDue(options.tables, 'clean up', everyMs)) await cleanUp(options, stopped.signal);
    if (!(await isDue(options.tables, 'leftovers', dayMs))) return;
    for (const work of options.daily) if (!stopped.signal.aborted) await attempt(() => work(stopped.signal));
  }
  const tick = () => void (turn ??= attempt(look).finally(() => (turn = undefined)));
  const timer = setInterval(tick, lookMs).unref();
  return {
    async stop() {
      clearInterval(timer);
      stopped.abort();
      await turn;
    },
  };
}

/**
 * Removes everything that is old enough, in batches with pauses as long as the batches, so that it takes at most half of one connection.
 * @throws the signal's reason; what was removed until then stays removed
 */
export async function cleanUp(
  { history, keep, vacuums, log }: Pick<CleanUpOptions, 'history' | 'keep' | 'vacuums' | 'log'>,
  signal: AbortSignal,
): Promise<{ jobs: number; events: number }> {
  const now = await history.now();
  const until = { ended: now - keep.jobs * dayMs, failed: now - keep.failedJobs * dayMs };
  const deadline = performance.now() + longestTurnMs;
  const removed = { jobs: 0, events: 0 };

  async function batch(remove: () => Promise<boolean>): Promise<boolean> {
    signal.throwIfAborted();
    const begin = performance.now();
    const more = await remove();
    await sleep(performance.now() - begin, undefined, { signal });
    return more && performance.now() < deadline;
  }
  let place: Awaited<ReturnType<JobHistory['forgetJobs']>>['next'];
  while (
    await batch(async () => {
      const { forgotten, next } = await history.forgetJobs(until, batchSize, place);
      removed.jobs += forgotten;
      place = next;
      return next !== undefined;
    })
  );
  while (
    await batch(async () => {
      const forgotten = await history.forgetEvents(now - keep.events * dayMs, batchSize);
      removed.events += forgotten;
      return forgotten === batchSize;
    })
  );
  // Of jobs that are done again and again, and of those that went in another way than by their age.
  const oldestLog = now - Math.max(keep.jobs, keep.failedJobs) * dayMs;
  while (await batch(async () => (await history.forgetLogs(oldestLog, batchSize)) === batchSize));
  if (removed.jobs + removed.events === 0) return removed;
  if (vacuums) await history.vacuum();
  log.info(removed, 'removed old history');
  return removed;
}

/** True for one process at a time: the one that says so first. */
export async function isDue(tables: Kysely<Tables>, task: string, everyMs: number): Promise<boolean> {
  const now = databaseTime;
  const taken = await tables
    .insertInto('upkeep')
    .values({ task, next_at: sql`${now} + ${everyMs}` })
    .onConflict((row) =>
      row
        .column('task')
        .doUpdateSet({ next_at: sql`${now} + ${everyMs}` })
        .where('upkeep.next_at', '<=', now),
    )
    .returning('task')
    .execute();
  return taken.length > 0;
}
