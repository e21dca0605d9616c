import type { Logger } from 'pino';
import type { Config } from './config/config.js';
import type { EventLine } from './recordings-line.js';
import { type DailyWork, startCleanUp } from './status/clean-up.js';
import type { Database } from './status/database.js';
import { jobHistory } from './status/job-history.js';
import { watchQueues } from './status/queue-watch.js';
import { startClockwork, type RecurringWork } from './workflow/clockwork.js';
import type { Engine } from './workflow/start.js';

export interface HousekeepingOptions {
  readonly config: Pick<
    Config,
    'REELWAY_KEEP_JOBS' | 'REELWAY_KEEP_FAILED_JOBS' | 'REELWAY_KEEP_EVENTS' | 'ZOOM_TRASH_AFTER_DAYS'
  >;
  readonly database: Pick<Database, 'kind' | 'tables'>;
  readonly engine: Pick<Engine, 'submit'>;
  /** Absent without the recordings line. */
  readonly events: EventLine | undefined;
  /** What else is tidied, once a day. */
  readonly daily: readonly DailyWork[];
  /**
   * Serves to look at what is stored and to change it: keeps no house. A command that lives for seconds would take the turn of a clean-up, and
   * break it off when it ends.
   */
  readonly idle: boolean;
  readonly log: Logger;
  /** milliseconds between looks whether a clean-up is due; other than usual in tests */
  readonly lookMs?: number;
}

export interface Housekeeping {
  readonly stop: () => Promise<void>;
}

/** What is done from time to time, in one of the processes that share the database: for the wiring. */
export function startHousekeeping(options: HousekeepingOptions): Housekeeping {
  if (options.idle) return { stop: () => Promise.resolve() };
  const { config, database, engine, events, daily, log, lookMs } = options;
  const { tables } = database;
  const watching = watchQueues(tables, log);
  const cleaning = startCleanUp({
    ...{ tables, history: jobHistory(tables), daily, log },
    keep: {
      jobs: config.REELWAY_KEEP_JOBS,
      failedJobs: config.REELWAY_KEEP_FAILED_JOBS,
      events: config.REELWAY_KEEP_EVENTS,
    },
    vacuums: database.kind === 'embedded',
    ...(lookMs !== undefined && { lookMs }),
  });
  const clock = events && startClockwork(recurringWork(events, engine, config), log);
  return {
    async stop() {
      watching.stop();
      await Promise.all([cleaning.stop(), clock?.stop()]);
    },
  };
}

/** milliseconds */
const hour = 3_600_000;

/** What is done to recordings every hour. */
function recurringWork(
  { sweep, trash }: EventLine,
  { submit }: HousekeepingOptions['engine'],
  { ZOOM_TRASH_AFTER_DAYS: trashAfter }: HousekeepingOptions['config'],
): RecurringWork[] {
  // One that fails, for want of a scope, is one dead letter a day.
  const trashing = { every: 24 * hour, start: (at: string) => submit(trash, `trash-recordings:${at}`, {}) };
  return [
    { every: hour, start: (at) => submit(sweep, `sweep-storage:${at}`, {}) },
    ...(trashAfter === undefined ? [] : [trashing]),
  ];
}
