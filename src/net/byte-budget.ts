/**
 * Memory that the bytes on their way take, over all that are on their way in a thread (each has budgets of its own): how many streams there are does not decide how much
 * there is.
 *
 * Nobody waits in a circle as long as who waits holds nothing: `take` is for the first bytes of a stream; who has some asks for more by `tryTake`,
 * and makes do with what it has when there are none.
 */
export interface ByteBudget {
  /** Waits until so many bytes are free, in the order of asking; for more than there are at all it waits for all. Rejects with the signal's reason. */
  take(bytes: number, signal?: AbortSignal): Promise<void>;
  /** Takes them if they are free and nobody waits. */
  tryTake(bytes: number): boolean;
  /** As many as were taken. */
  giveBack(bytes: number): void;
  /** Somebody waits: who can do with less should give back. */
  readonly wanted: boolean;
}

interface Waiter {
  readonly bytes: number;
  readonly enter: () => void;
}

/** @param total bytes */
export function byteBudget(total: number): ByteBudget {
  const waiting: Waiter[] = [];
  let free = total;
  const counted = (bytes: number): number => Math.min(bytes, total);

  function admit(): void {
    for (let first = waiting[0]; first && first.bytes <= free; first = waiting[0]) {
      waiting.shift();
      free -= first.bytes;
      first.enter();
    }
  }

  function queued(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        waiting.splice(waiting.indexOf(waiter), 1);
        reject(signal?.reason as Error);
        // Those behind it may fit where it did not.
        admit();
      };
      const waiter = {
        bytes,
        enter: (): void => {
          signal?.removeEventListener('abort', abort);
          resolve();
        },
      };
      waiting.push(waiter);
      signal?.addEventListener('abort', abort, { once: true });
      admit();
    });
  }

  return {
    async take(bytes, signal) {
      signal?.throwIfAborted();
      await queued(counted(bytes), signal);
    },
    tryTake(bytes) {
      if (waiting.length > 0 || counted(bytes) > free) return false;
      free -= counted(bytes);
      return true;
    },
    giveBack(bytes) {
      free += counted(bytes);
      admit();
    },
    get wanted() {
      return waiting.length > 0;
    },
  };
}
