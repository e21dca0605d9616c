import { availableParallelism } from 'node:os';

/** Packaging is one pool of threads for a process, as many as it has processors: more jobs than these keep it busy while others wait for storage. */
const packagingPlaces = Math.max(2, Math.floor(availableParallelism() / 2));
const packagingSaid = 'half of the processors and at least 2';

/** Jobs that wait for a free place, by what they need most of. */
export const queues = {
  /** Parents: they wait for their children nearly all the time. */
  assets: { perProcess: 50 },
  /** Packaging and harvesting of one endpoint: reads and writes gigabytes on several threads. */
  endpoints: { perProcess: packagingPlaces, said: packagingSaid },
  /** Parts of large endpoints, which several workers share. Apart from `endpoints`: those that wait for their parts keep their places. */
  parts: { perProcess: packagingPlaces, said: packagingSaid },
  /** Assets that a packaging service makes. Apart from `assets`: their endpoints take hours where it is slow, or half a day where it is stuck. */
  managed: { perProcess: 50, perShare: true },
  /** Their endpoints, which look about once a minute whether they are playable. As many as those assets have. */
  waits: { perProcess: 200, perShare: true },
  /** What is playable is brought over: they wait for another machine most of the time. */
  harvests: { perProcess: 10 },
  /** Recordings on their way to Opencast: they wait, for downloads and for Opencast, nearly all the time. */
  recordings: { perProcess: 200 },
  /** Files of recordings: each reads and writes gigabytes. */
  downloads: { perProcess: 4 },
  /** What the clock starts: looks through Zoom's list, schedules, retention. */
  upkeep: { perProcess: 5 },
  /** Notices: those to a target that does not answer wait in their places for the next attempt, and must not take the other targets' places. */
  notices: { perProcess: 50, perShare: true },
} as const satisfies Record<string, QueueLimits>;

export interface QueueLimits {
  /** How many of its jobs one process runs at a time; with `perShare`, of each share. */
  readonly perProcess: number;
  /**
   * How many run at a time on all machines together. Jobs of a worker that died count until they are taken over. Workers that look at the same
   * instant give way to each other, so a limited queue is a little slower to hand out: set it only where something outside asks for it.
   */
  readonly everywhere?: number;
  /** What `perProcess` is on any machine, for people, where it depends on it. */
  readonly said?: string;
  /** Shares have places of their own, in place of turns at common ones: a share that is stuck holds up no other. */
  readonly perShare?: boolean;
}

export type QueueName = keyof typeof queues;

/** What the settings say instead of the table above. */
export type GivenLimits = Partial<Record<QueueName, Omit<QueueLimits, 'perShare' | 'said'>>>;

/** Have the shares of the queue places of their own? */
export function hasPlacesPerShare(name: QueueName): boolean {
  const { perShare = false }: QueueLimits = queues[name];
  return perShare;
}

/** milliseconds between looks for new jobs; the engine's own default is 1000, which would be felt at every step of a chain. */
export const queuePollMs = 100;

/** milliseconds; workers that met at a queue with a limit everywhere wait longer and longer for their next look, up to this. */
export const longestQueuePollMs = 1000;
