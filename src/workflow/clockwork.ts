import type { Logger } from 'pino';
import { toFailure } from '../domain/failure.js';

/** Something that is to be done now and then, once for all processes. */
export interface RecurringWork {
  /** milliseconds from one to the next */
  readonly every: number;
  /** Starts it as a job whose id holds the time: of several processes one starts it. @param at of this turn, ISO 8601 in whole minutes */
  readonly start: (at: string) => Promise<unknown>;
}

export interface Clockwork {
  /** Nothing is started any more once this resolves. */
  readonly stop: () => Promise<void>;
}

/** milliseconds between looks at the clock */
const lookEvery = 15_000;

/** Starts recurring work at whole multiples of its interval since 1970. The first turn is the one that is due now. */
export function startClockwork(works: readonly RecurringWork[], log: Logger): Clockwork {
  const started = new Map<RecurringWork, number>();
  const starting = new Set<Promise<unknown>>();
  const look = () => {
    for (const work of works) {
      const turn = Math.floor(Date.now() / work.every);
      if (started.get(work) === turn) continue;
      started.set(work, turn);
      const at = new Date(turn * work.every).toISOString().slice(0, 16);
      const start = work
        .start(at)
        .catch((error: unknown) => {
          // The next look tries again.
          started.delete(work);
          log.warn({ reason: toFailure(error).message }, 'recurring work could not be started');
        })
        .finally(() => starting.delete(start));
      starting.add(start);
    }
  };
  look();
  const timer = setInterval(look, lookEvery);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(starting);
    },
  };
}
