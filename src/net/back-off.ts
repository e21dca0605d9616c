import { setTimeout as sleep } from 'node:timers/promises';

/** How often and how patiently a passing error is tried again in place; beyond that it is the workflow's turn. */
export interface BackOff {
  /** tries in all, the first included */
  readonly tries: number;
  /** milliseconds before the second try; doubles with each further one */
  readonly firstDelay: number;
  /** milliseconds; also the longest Retry-After that is waited for here: a longer one ends the tries at once */
  readonly longestDelay: number;
}

/** What to do about an error: nothing, or try again, not before `after` milliseconds if the other side said so. */
export type RetryVerdict = false | { readonly after?: number };

/**
 * Runs the work until it succeeds, fails for good, or the tries are used up; then the last error is thrown.
 * Delays are spread by up to half, so that many who failed together do not come back together.
 */
export async function withBackOff<T>(
  { tries, firstDelay, longestDelay }: BackOff,
  work: (attempt: number) => Promise<T>,
  judge: (error: unknown) => RetryVerdict,
  signal?: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      const verdict = signal?.aborted ? false : judge(error);
      if (!verdict || attempt >= tries || (verdict.after ?? 0) > longestDelay) throw error;
      const delay = Math.min(firstDelay * 2 ** (attempt - 1), longestDelay) * (0.5 + Math.random() / 2);
      await sleep(Math.max(delay, verdict.after ?? 0), undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  }
}
