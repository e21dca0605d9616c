/** Jobs that wait for a free place, by what they need most of. */
export const queues = {
  /** Parents: they wait for their children nearly all the time. */
  assets: { perProcess: 50 },
  /** Packaging and harvesting of one endpoint: reads and writes gigabytes on several threads. */
  endpoints: { perProcess: 2 },
  /** Notices: one waits for a target that does not answer while others go on. */
  notices: { perProcess: 20 },
} as const satisfies Record<string, QueueLimits>;

export interface QueueLimits {
  /** How many of its jobs one process runs at a time. */
  readonly perProcess: number;
}

export type QueueName = keyof typeof queues;

/** milliseconds between looks for new jobs; the engine's own default is 1000, which would be felt at every step of a chain. */
export const queuePollMs = 100;
