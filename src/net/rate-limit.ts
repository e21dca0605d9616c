import { setTimeout as sleep } from 'node:timers/promises';

/** Spaces out what is begun, so that no more than so much of it begins in a second; in order of asking. */
export interface RateLimit {
  /** Resolves when it is one's turn. Rejects with the signal's reason. */
  turn(signal?: AbortSignal): Promise<void>;
}

export function rateLimit({ perSecond }: { perSecond: number }): RateLimit {
  const spacing = 1000 / perSecond;
  let next = 0;
  return {
    async turn(signal) {
      const now = performance.now();
      const at = Math.max(now, next);
      next = at + spacing;
      if (at > now) await sleep(at - now, undefined, { signal }).catch(() => signal?.throwIfAborted());
    },
  };
}
