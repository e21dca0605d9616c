import { setTimeout as sleep } from 'node:timers/promises';
import { sql, type Kysely } from 'kysely';
import type { RateLimit } from '../net/rate-limit.js';
import { databaseTime } from './database-clock.js';
import type { Tables } from './tables.js';

export interface SharedRateOptions {
  readonly tables: Kysely<Tables>;
  /** Who says the same name shares the rate. */
  readonly name: string;
  readonly perSecond: number;
  /** Of this process alone, for as long as the database is away: what is asked for waits for no clock that is not there. */
  readonly alone: RateLimit;
}

/** milliseconds that a turn lies ahead at most; a clock of the database that was set back must not stop everything */
const longestWait = 600_000;

/** Spaces out what all processes of a database begin, by its clock: each turn is a time of its own, given in order of asking. */
export function sharedRate({ tables, name, perSecond, alone }: SharedRateOptions): RateLimit {
  const spacing = 1000 / perSecond;

  /** @returns milliseconds until one's turn */
  async function take(): Promise<number> {
    const { rows } = await sql<{ wait: number }>`
      INSERT INTO reelway.rate AS had (name, next_at) VALUES (${name}, ${databaseTime} + ${spacing})
      ON CONFLICT (name) DO UPDATE
        SET next_at = least(greatest(had.next_at, ${databaseTime}), ${databaseTime} + ${longestWait}) + ${spacing}
      RETURNING next_at - ${spacing} - ${databaseTime} AS wait`.execute(tables);
    return rows[0]?.wait ?? 0;
  }

  return {
    async turn(signal) {
      signal?.throwIfAborted();
      const wait = await take().catch(() => undefined);
      if (wait === undefined) return alone.turn(signal);
      if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => signal?.throwIfAborted());
    },
  };
}
