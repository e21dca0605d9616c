import { setTimeout as sleep } from 'node:timers/promises';
import { retriablePostgresException } from '@dbos-inc/dbos-sdk/internal/system_database';

/** Messages of `pg` about a connection that is gone; they carry no code. */
const lostConnection =
  /^(Connection terminated|Client has encountered a connection error|timeout e|Query read timeout)/;

/** Does the error say that the database could not be reached, restarts, or is too busy: things that pass? */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return retriablePostgresException(error) || lostConnection.test(error.message);
}

/** milliseconds before the second attempt, doubled up to `longestPauseMs` */
const firstPauseMs = 100;
const longestPauseMs = 2000;

/**
 * Tries again until the database answers: for our own notes, which must not fail a job.
 * @throws the signal's reason; errors that are no outage
 */
export async function onceDatabaseAnswers<T>(query: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let pause = firstPauseMs; ; pause = Math.min(2 * pause, longestPauseMs)) {
    try {
      return await query();
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      await sleep(pause, undefined, { signal });
    }
  }
}
