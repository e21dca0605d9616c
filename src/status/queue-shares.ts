import { sql, type Kysely } from 'kysely';
import type { Tables } from './tables.js';

/** Which turn each share of a queue had last, so that shares take turns. */
export interface QueueShares {
  /** The priority of the share's next job, from `first` to `last`. */
  next(range: ShareRange): Promise<number>;
}

export interface ShareRange {
  readonly queue: string;
  readonly share: string;
  /** the engine's priorities that these turns have, inclusive; lower goes first */
  readonly first: number;
  readonly last: number;
}

export function queueShares(tables: Kysely<Tables>): QueueShares {
  return {
    async next({ queue, share, first, last }) {
      const { rows } = await sql<{ served: number | null }>`
        SELECT min(priority) AS served FROM dbos.workflow_status
        WHERE status = 'ENQUEUED' AND queue_name = ${queue} AND priority BETWEEN ${first} AND ${last}`.execute(tables);
      const served = rows[0]?.served ?? undefined;
      // Nobody waits: everybody begins anew, or the numbers would grow for ever.
      if (served === undefined) {
        await tables.deleteFrom('queue_share').where('queue', '=', queue).where('first_turn', '=', first).execute();
      }
      const turn = served ?? first;
      const { last_turn: given } = await tables
        .insertInto('queue_share')
        .values({ queue, share, first_turn: first, last_turn: turn })
        .onConflict((row) =>
          row.columns(['queue', 'first_turn', 'share']).doUpdateSet({
            last_turn: sql`least(greatest(queue_share.last_turn + 1, excluded.last_turn), ${last})`,
          }),
        )
        .returning('last_turn')
        .executeTakeFirstOrThrow();
      return given;
    },
  };
}
