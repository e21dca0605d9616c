import type { QueueShares } from '../status/queue-shares.js';
import type { QueueName } from './queues.js';

/**
 * In which order waiting jobs of a queue get a place: what somebody waits for, then what a sweep found, then work in bulk. Strict: a job of
 * a later urgency begins only when none of an earlier one waits.
 */
export const urgencies = ['on-demand', 'sweep', 'batch'] as const;
export type Urgency = (typeof urgencies)[number];

export const defaultUrgency: Urgency = 'on-demand';

/** Priorities of the engine (lower first, 31 bits) that one urgency has for the turns of its shares. */
const turns = 2 ** 29;

/** The engine's priority of a job that takes no turns, or whose turn is not known: after all turns of its urgency. */
export function priorityOf(urgency: Urgency, takesTurns: boolean): number {
  return urgencies.indexOf(urgency) * turns + (takesTurns ? turns - 1 : 0);
}

export interface Turn {
  readonly id: string;
  readonly queue: QueueName;
  readonly urgency: Urgency;
  readonly share: string;
}

/**
 * Lets shares of a queue, say packaging groups, take turns: a group with a thousand waiting jobs delays another group's first by one job, not by
 * a thousand. "Self-clocked fair queueing" (Golestani 1994): a job's turn is one after its share's last, and not before the turn that is served now.
 * @returns the engine's priority by the job's id
 */
export async function takeTurns(shares: QueueShares, jobs: readonly Turn[]): Promise<Map<string, number>> {
  const taken = new Map<string, number>();
  for (const some of grouped(jobs, ({ queue, urgency }) => `${queue} ${urgency}`)) {
    const { queue, urgency } = some[0]!;
    const first = priorityOf(urgency, false);
    const last = first + turns - 2;
    const ofShares = grouped(some, ({ share }) => share);
    const wanted = new Map(ofShares.map((jobs) => [jobs[0]!.share, jobs.length]));
    const given = await shares.next({ queue, first, last, wanted });
    for (const ofShare of ofShares)
      for (const [n, { id, share }] of ofShare.entries()) taken.set(id, Math.min((given.get(share) ?? last) + n, last));
  }
  return taken;
}

/** None of them is empty. */
function grouped<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()];
}
