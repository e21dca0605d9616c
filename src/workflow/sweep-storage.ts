import { z } from 'zod';
import type { EventLedger } from '../status/event-ledger.js';
import type { ObjectStore } from '../storage/object-store.js';
import { defineWorkflow } from './definition.js';

export interface SweepServices {
  readonly ledger: Pick<EventLedger, 'sweepable' | 'swept' | 'ofRecording'>;
  readonly store: Pick<ObjectStore, 'list' | 'remove'>;
  /** days after the end in Opencast; undefined: files stay */
  readonly keepDays: number | undefined;
}

/** Recordings in one sweep; the next one takes the rest. */
const mostAtOnce = 500;

/**
 * Removes our copies of recordings that Opencast has had for long enough. What Opencast has not finished is never touched.
 * Its job id is `sweep-storage:<hour>`.
 */
export function sweepStorage({ ledger, store, keepDays }: SweepServices) {
  return defineWorkflow<{ before?: number | undefined }, { recordings: number }>({
    name: 'sweep-storage',
    queue: 'upkeep',
    input: z.object({ before: z.number().optional() }),
    title: () => 'removes old copies of recordings',

    async run({ before }, job) {
      if (keepDays === undefined) return { recordings: 0 };
      return job.step('sweep', async ({ signal }) => {
        const until = before ?? Date.now() - keepDays * 86_400_000;
        const events = await ledger.sweepable(until, mostAtOnce);
        for (const { prefix, mediaPackageId, uuid } of events) {
          signal.throwIfAborted();
          // A recording that became several events needs its files until the last one is done.
          const others = await ledger.ofRecording(uuid);
          if (others.some(({ state }) => state !== 'SUCCEEDED')) continue;
          for await (const { key, lastModified } of store.list(`${prefix}/`)) {
            // Fetched again since, for one more ingest that is under way.
            if (lastModified === undefined || lastModified.getTime() < until) await store.remove(key);
          }
          await ledger.swept(mediaPackageId);
        }
        return { recordings: events.length };
      });
    },
  });
}
