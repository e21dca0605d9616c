import { sql, type Kysely } from 'kysely';
import type { Tables } from './tables.js';

/** Which turn each share of a queue had last, so that shares take turns. */
export interface QueueShares {
  /** The priority of each share's next job, from `first` to `last`; of several, of the first of them. */
  next(range: WantedTurns): Promise<Map<string, number>>;
}

export interface WantedTurns {
  readonly queue: string;
  /** how many jobs each share has to come */
  readonly wanted: ReadonlyMap<string, number>;
  /** the engine's priorities that these turns have, inclusive; lower goes first */
  readonly first: number;
  readonly last: number;
}

export function queueShares(tables: Kysely<Tables>): QueueShares {
  return {
    async next({ queue, wanted, first, last }) {
      const { rows } = await sql<{ served: number | null }>`
        SELECT min(priority) AS served FROM dbos.workflow_status
        WHERE status = 'ENQUEUED' AND queue_name = ${queue} AND priority BETWEEN ${first} AND ${last}`.execute(tables);
      const served = rows[0]?.served ?? undefined;
      // Nobody waits: everybody begins anew, or the numbers would grow for ever.
      if (served === undefined) {
        await tables.deleteFrom('queue_share').where('queue', '=', queue).where('first_turn', '=', first).execute();
      }
      const turn = served ?? first;
      // In the same order everywhere, so that no two who take turns wait for each other.
      const shares = [...wanted.keys()].sort();
      const counts = shares.map((share) => wanted.get(share));
      const { rows: given } = await sql<{ share: string; last: number }>`
        INSERT INTO reelway.queue_share AS had (queue, first_turn, share, last_turn)
        SELECT ${queue}, ${first}::integer, share, least(${turn}::integer + wanted - 1, ${last}::integer)
        FROM unnest(${shares}::text[], ${counts}::integer[]) AS of (share, wanted)
        ON CONFLICT (queue, first_turn, share) DO UPDATE
          SET last_turn = least(greatest(had.last_turn + (excluded.last_turn - ${turn}::integer) + 1, excluded.last_turn), ${last}::integer)
        RETURNING share, last_turn AS "last"`.execute(tables);
      return new Map(given.map(({ share, last: to }) => [share, Math.max(first, to - (wanted.get(share) ?? 1) + 1)]));
    },
  };
}
