import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import type { Logger } from 'pino';
import type { WorkerTable } from '../status/worker-table.js';

export interface TakeOverOptions {
  readonly workers: WorkerTable;
  readonly workerId: string;
  readonly log: Logger;
  /** milliseconds between signs of life; default 1000 */
  readonly beatMs?: number | undefined;
  /** milliseconds without a sign of life after which a worker's jobs are taken over; default 15000 */
  readonly lostAfterMs?: number | undefined;
}

export interface TakeOver {
  /** Looks for lost workers now, not only with the next sign of life. */
  readonly look: () => void;
  readonly stop: () => Promise<void>;
  /** After the engine has stopped: lets the others have what it had begun. */
  readonly leave: () => Promise<void>;
}

/**
 * Gives signs of life, and puts the jobs of workers that give none back into their queues: the engine itself does that only for a worker that comes
 * back under its old name. A worker that was merely frozen loses nothing but its running steps: the engine refuses what they record afterwards.
 * Start it before the engine is launched, or the jobs that this worker takes first would look like those of a lost one.
 */
export async function startTakeOver(options: TakeOverOptions): Promise<TakeOver> {
  const { workers, workerId, log, beatMs = 1000 } = options;
  await workers.beat(workerId);
  let turn: Promise<void> = Promise.resolve();
  const look = () => {
    turn = turn
      .then(() => workers.beat(workerId))
      .then(() => takeOverLost(options))
      .catch((error: unknown) => log.warn({ reason: String(error) }, 'could not look after the other workers'));
  };
  const timer = setInterval(look, beatMs);
  return {
    look,
    async stop() {
      clearInterval(timer);
      await turn;
    },
    leave: () => workers.leave(workerId),
  };
}

async function takeOverLost({ workers, workerId, log, lostAfterMs = 15_000 }: TakeOverOptions): Promise<void> {
  const lost = (await workers.lost(lostAfterMs)).filter((id) => id !== workerId);
  for (const id of lost) {
    // The engine's own recovery, one UPDATE of the rows that this executor still holds: two workers that do it at once cannot take a job twice.
    const taken = (await DBOSExecutor.globalInstance?.recoverPendingWorkflows([id])) ?? [];
    await workers.remove(id);
    if (taken.length > 0) log.warn({ worker: id, jobs: taken.length }, 'took over the jobs of a worker that is gone');
  }
}
