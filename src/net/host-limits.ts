import { shareOf, type Visitors } from './visitors.js';

/** Bounds the requests that are in flight to one host, over all users of the same limits; the rest wait in order. */
export interface HostLimits {
  /** Waits for a place, and gives back what leaves it (once; later calls do nothing). Rejects with the signal's reason. */
  enter(host: string, signal?: AbortSignal): Promise<() => void>;
}

interface Door {
  inside: number;
  readonly waiting: Set<() => void>;
}

export interface HostLimitsOptions {
  /** requests in flight at once */
  readonly perHost: number;
  /** Who shares them; absent: they are this process's own. */
  readonly visitors?: Visitors | undefined;
}

export function hostLimits({ perHost, visitors }: HostLimitsOptions): HostLimits {
  const doors = new Map<string, Door>();

  function leave(host: string, door: Door): void {
    door.inside--;
    // One, or more when there are fewer visitors by now, or none when there are more.
    while (door.waiting.size > 0 && door.inside < shareOf(perHost, visitors, host)) letIn(door);
    if (door.inside === 0) doors.delete(host);
  }

  function leaver(host: string, door: Door): () => void {
    let left = false;
    return () => {
      if (!left) leave(host, door);
      left = true;
    };
  }

  return {
    async enter(host, signal) {
      signal?.throwIfAborted();
      const door = doors.get(host) ?? { inside: 0, waiting: new Set<() => void>() };
      doors.set(host, door);
      if (door.inside < shareOf(perHost, visitors, host)) door.inside++;
      else await turn(door, signal);
      return leaver(host, door);
    },
  };
}

/** The next in line. */
function letIn(door: Door): void {
  const [next] = door.waiting;
  if (!next) return;
  door.waiting.delete(next);
  door.inside++;
  next();
}

function turn(door: Door, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      door.waiting.delete(enter);
      reject(signal?.reason as Error);
    };
    const enter = (): void => {
      signal?.removeEventListener('abort', abort);
      resolve();
    };
    door.waiting.add(enter);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
