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
  /** A recording that became several events needs its files until the last one is done. */
  async function isInUse(uuid: string): Promise<boolean> {
    return (await ledger.ofRecording(uuid)).some(({ state }) => state !== 'SUCCEEDED');
  }

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
          let inUse = await isInUse(uuid);
          for await (const { key, lastModified } of store.list(`${prefix}/`)) {
            // One more ingest may begin at any moment: it says so before it looks for files.
            inUse ||= await isInUse(uuid);
            if (inUse) break;
            if (lastModified === undefined || lastModified.getTime() < until) await store.remove(key);
          }
          if (!inUse) await ledger.swept(mediaPackageId);
        }
        return { recordings: events.length };
      });
    },
  });
}
