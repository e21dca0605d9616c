import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '../../domain/failure.js';

/**
 * What kind of trouble one try met, which decides how often it is tried again:
 * - `passing`: no answer, a cut, a server error;
 * - `throttled`: "too many" (429, 503); the pace of the host waits, not we;
 * - `doubtful`: an answer that cannot be right (a web page, an empty or truncated body), as caches and proxies give them for a while;
 * - `absent`: 404, which an origin that has just been written to may answer for a moment;
 * - `forbidden`: 401 and 403: once more, with credentials read anew;
 * - `final`: the same again would be the same.
 */
export type Trouble = 'passing' | 'throttled' | 'doubtful' | 'absent' | 'forbidden' | 'final';

/** Tries altogether that met the same kind of trouble. */
export type Patience = Readonly<Record<Trouble, number>> & {
  /** milliseconds before the second try; doubles with each */
  readonly firstDelay: number;
  readonly longestDelay: number;
};

export const defaultPatience: Patience = {
  passing: 6,
  throttled: 30,
  doubtful: 3,
  absent: 2,
  forbidden: 2,
  final: 1,
  firstDelay: 500,
  longestDelay: 30_000,
};

/** One try that did not work. */
export class Troubled extends Error {
  readonly trouble: Trouble;
  readonly failure: Failure;
  constructor(trouble: Trouble, failure: Failure) {
    super(failure.message, { cause: failure });
    this.trouble = trouble;
    this.failure = failure;
  }
}

/**
 * Tries until it works or the patience with one kind of trouble is over.
 * @param attempt is told the trouble of the try before, undefined at the first
 * @throws Failure of the last try; whatever else a try threw, at once
 */
export async function withPatience<T>(
  patience: Patience,
  attempt: (before: Trouble | undefined) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const met: Partial<Record<Trouble, number>> = {};
  let before: Trouble | undefined;
  for (let tries = 1; ; tries++) {
    try {
      return await attempt(before);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Troubled)) throw error;
      before = error.trouble;
      met[before] = (met[before] ?? 0) + 1;
      if ((met[before] ?? 0) >= patience[before]) throw error.failure;
      if (before === 'throttled' || before === 'forbidden') continue;
      const delay = Math.min(patience.firstDelay * 2 ** (tries - 1), patience.longestDelay) * (0.5 + Math.random() / 2);
      await sleep(delay, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
    }
  }
}
