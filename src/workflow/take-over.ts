import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import type { Logger } from 'pino';
import { within } from '../domain/within.js';
import type { JobTable } from '../status/job-table.js';
import type { WorkerTable } from '../status/worker-table.js';
import type { RunningSteps } from './running-steps.js';

export interface TakeOverOptions {
  readonly workers: WorkerTable;
  readonly table: Pick<JobTable, 'held'>;
  readonly running: RunningSteps;
  readonly workerId: string;
  readonly log: Logger;
  /** milliseconds between signs of life; default 1000 */
  readonly beatMs?: number | undefined;
  /** milliseconds without a sign of life after which a worker's jobs are taken over; default 10000 */
  readonly lostAfterMs?: number | undefined;
}

export interface TakeOver {
  /** Looks for lost workers now, not only with the next sign of life. */
  readonly look: () => void;
  readonly stop: () => Promise<void>;
  /** After the engine has let go: the others have what it had begun. */
  readonly leave: () => Promise<void>;
}

/** So that with a sign of life each second a job is taken over within 15 seconds, also from a worker that is merely cut off. */
const defaultLostAfterMs = 10_000;
/** A worker stops what it does well before the others take it for lost. */
const doubtAfter = 0.7;
/** milliseconds that the end waits for a look under way: its database may be gone */
const lastLookTimeoutMs = 5000;

/**
 * Gives signs of life, and puts the jobs of workers that give none back into their queues: the engine itself does that only for a worker that comes
 * back under its old name. The other half: a worker that could give no sign of life, because it was frozen or cut off from the database, stops its
 * steps until it knows that its jobs are still its own.
 * Start it before the engine is launched, or the jobs that this worker takes first would look like those of a lost one.
 */
export async function startTakeOver(options: TakeOverOptions): Promise<TakeOver> {
  const { workers, running, workerId, log, beatMs = 1000, lostAfterMs = defaultLostAfterMs } = options;
  await workers.beat(workerId);
  let alive = { at: performance.now(), doubted: false };

  async function beat(): Promise<void> {
    const at = performance.now();
    await workers.beat(workerId);
    alive = { at, doubted: false };
  }
  async function look(): Promise<void> {
    await letGoOfLostJobs(options);
    await takeOverLost(options, lostAfterMs);
  }
  // In turns of their own: a look that hangs on a dead connection must not keep this worker from giving signs of life on another.
  const beats = oneAtATime(beat, (reason) => log.warn({ reason }, 'could give no sign of life'));
  const looks = oneAtATime(look, (reason) => log.warn({ reason }, 'could not look after the other workers'));

  function tick(): void {
    if (!alive.doubted && performance.now() - alive.at > doubtAfter * lostAfterMs) {
      alive.doubted = true;
      log.warn('gave no sign of life for too long: its steps stop until the database says whose their jobs are');
      running.doubt();
    }
    beats.next();
    looks.next();
  }
  const timer = setInterval(tick, beatMs);
  return {
    look: tick,
    async stop() {
      clearInterval(timer);
      await within(lastLookTimeoutMs, Promise.all([beats.underWay(), looks.underWay()]));
    },
    leave: () => workers.leave(workerId),
  };
}

/** Begins the work where the last one has ended. */
function oneAtATime(work: () => Promise<void>, failed: (reason: string) => void) {
  let turn: Promise<void> | undefined;
  return {
    next() {
      turn ??= work()
        .catch((error: unknown) => failed(String(error)))
        .finally(() => (turn = undefined));
    },
    underWay: () => turn,
  };
}

/** Steps of jobs that have another owner by now, or that were cancelled elsewhere, end. */
async function letGoOfLostJobs({ table, running, log }: TakeOverOptions): Promise<void> {
  const holders = running.holders();
  if (holders.length === 0) return;
  const held = await table.held(holders);
  const lost = holders.filter(({ owner }) => !held.has(owner));
  if (lost.length === 0) return;
  log.debug({ jobs: lost.map(({ jobId }) => jobId) }, 'lets go of jobs that are no longer its own');
  running.doubt(lost);
}

async function takeOverLost({ workers, workerId, log }: TakeOverOptions, lostAfterMs: number): Promise<void> {
  const lost = (await workers.lost(lostAfterMs)).filter((id) => id !== workerId);
  for (const id of lost) {
    const taken = await backIntoQueues(id);
    await workers.noteLost(id);
    await workers.remove(id);
    if (taken > 0) log.warn({ worker: id, jobs: taken }, 'took over the jobs of a worker that is gone');
  }
}

/**
 * The engine's own recovery, one UPDATE of the rows that this executor still holds: two workers that do it at once cannot take a job twice.
 * @returns how many jobs
 */
export async function backIntoQueues(workerId: string): Promise<number> {
  return (await DBOSExecutor.globalInstance?.recoverPendingWorkflows([workerId]))?.length ?? 0;
}
