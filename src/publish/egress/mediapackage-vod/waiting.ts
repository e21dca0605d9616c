import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, type FailureDetails } from '../../../domain/failure.js';

/** How MediaPackage's endpoints are waited for, in milliseconds. */

/** Between looks at an endpoint that is not playable yet. */
export interface LookPauses {
  readonly first: number;
  readonly longest: number;
}

export const lookPauses: LookPauses = { first: 5000, longest: 60_000 };

/** What an endpoint has to become playable: a day's recording takes MediaPackage an hour or two. */
export const playablePatience = 12 * 3600_000;

export function nextPause(pause: number, { longest }: LookPauses): number {
  return Math.min(pause * 1.5, longest);
}

/** What a look gave: what is waited for, or why it is not there yet, for people. */
export type Look<T> = { readonly ready: T } | NotYet;

export interface NotYet {
  readonly ready?: undefined;
  readonly notYet: string;
  /** What was seen, for the failure that it may become. */
  readonly details?: FailureDetails;
}

export interface Waiting {
  readonly deadline: Date;
  readonly pauses: LookPauses;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks at growing intervals until it is there. Trouble that passes (throttling, an outage of the service or of the network) is no more
 * than a look that showed nothing, however often it comes in half a day; any other ends the waiting at once.
 * @returns the last look, which is not ready when the deadline passed
 * @throws Failure that waiting does not cure
 */
export async function lookUntilReady<T>(
  look: () => Promise<Look<T>>,
  { deadline, pauses, signal }: Waiting,
): Promise<Look<T>> {
  for (let pause = pauses.first; ; pause = nextPause(pause, pauses)) {
    const seen = await look().catch((error: unknown) => notAnswered(error, signal));
    if (seen.ready !== undefined || Date.now() + pause > deadline.getTime()) return seen;
    await sleep(pause, undefined, signal && { signal });
  }
}

function notAnswered(error: unknown, signal: AbortSignal | undefined): NotYet {
  signal?.throwIfAborted();
  if (error instanceof Failure && error.kind === 'passing') return { notYet: error.message };
  throw error;
}
