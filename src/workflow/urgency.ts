import { DBOS } from '@dbos-inc/dbos-sdk';
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

/** The engine's priority of a job that takes no turns, or whose turn is not known yet: after all turns of its urgency. */
export function priorityOf(urgency: Urgency, takesTurns: boolean): number {
  return urgencies.indexOf(urgency) * turns + (takesTurns ? turns - 1 : 0);
}

export interface Turn {
  readonly queue: QueueName;
  readonly urgency: Urgency;
  readonly share: string;
}

/**
 * Lets shares of a queue, say packaging groups, take turns: a group with a thousand waiting jobs delays another group's first by one job, not by
 * a thousand. "Self-clocked fair queueing" (Golestani 1994): a job's turn is one after its share's last, and not before the turn that is served now.
 */
export async function takeTurn(shares: QueueShares, jobId: string, { queue, urgency, share }: Turn): Promise<void> {
  const first = priorityOf(urgency, false);
  const turn = await shares.next({ queue, share, first, last: first + turns - 2 });
  await DBOS.setWorkflowPriority(jobId, turn);
}
