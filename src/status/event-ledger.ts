import type { Kysely } from 'kysely';
import type { Tables } from './tables.js';

/**
 * What we have asked of Opencast, by media package: written before the request whose answer might be lost, so that nothing is started twice,
 * whatever ends in between. It outlives the jobs.
 */
export interface EventLedger {
  find(mediaPackageId: string): Promise<LedgerEvent | undefined>;
  /** Events that a recording has become, oldest first. */
  ofRecording(uuid: string): Promise<readonly LedgerEvent[]>;
  /** A start is about to be asked for. */
  posting(event: NewLedgerEvent): Promise<void>;
  /** Opencast has refused the start: nothing runs. */
  refused(mediaPackageId: string): Promise<void>;
  started(mediaPackageId: string, workflowId: string): Promise<void>;
  ended(mediaPackageId: string, state: 'SUCCEEDED' | 'FAILED'): Promise<void>;
  /** A file was added to the event afterwards; @param name of the file among those of its recording */
  attached(mediaPackageId: string, name: string): Promise<void>;
  /** Events that Opencast has finished before then and whose files we still have, the oldest first. @param before milliseconds since 1970 */
  sweepable(before: number, limit: number): Promise<readonly LedgerEvent[]>;
  swept(mediaPackageId: string): Promise<void>;
}

export interface NewLedgerEvent {
  readonly mediaPackageId: string;
  readonly uuid: string;
  readonly trackingId: string;
  /** of the recording's files in our storage, without trailing slash */
  readonly prefix: string;
}

export interface LedgerEvent extends NewLedgerEvent {
  /** A start was asked for then, and what came of it is not known. */
  readonly postedAt: number | undefined;
  readonly workflowId: string | undefined;
  readonly state: 'SUCCEEDED' | 'FAILED' | undefined;
  /** Names of files that were part of it or were added since. */
  readonly attached: readonly string[];
}

export function eventLedger(tables: Kysely<Tables>): EventLedger {
  const change = async (mediaPackageId: string, facts: Partial<Row>): Promise<void> => {
    await tables.updateTable('opencast_event').set(facts).where('media_package_id', '=', mediaPackageId).execute();
  };

  return {
    async find(mediaPackageId) {
      const row = await tables
        .selectFrom('opencast_event')
        .selectAll()
        .where('media_package_id', '=', mediaPackageId)
        .executeTakeFirst();
      return row && eventOf(row);
    },
    async ofRecording(uuid) {
      const rows = await tables
        .selectFrom('opencast_event')
        .selectAll()
        .where('uuid', '=', uuid)
        .orderBy('created_at')
        .execute();
      return rows.map(eventOf);
    },
    async posting({ mediaPackageId, uuid, trackingId, prefix }) {
      const now = Date.now();
      await tables
        .insertInto('opencast_event')
        .values({
          ...{ media_package_id: mediaPackageId, uuid, tracking_id: trackingId, prefix },
          ...{ posted_at: now, created_at: now },
        })
        .onConflict((conflict) => conflict.column('media_package_id').doUpdateSet({ posted_at: now, prefix }))
        .execute();
    },
    refused: (mediaPackageId) => change(mediaPackageId, { posted_at: null }),
    started: (mediaPackageId, workflowId) => change(mediaPackageId, { posted_at: null, workflow_id: workflowId }),
    ended: (mediaPackageId, state) => change(mediaPackageId, { state, ended_at: Date.now() }),
    async attached(mediaPackageId, name) {
      await tables.transaction().execute(async (transaction) => {
        const row = await transaction
          .selectFrom('opencast_event')
          .select('attached')
          .where('media_package_id', '=', mediaPackageId)
          .forUpdate()
          .executeTakeFirst();
        if (!row || row.attached.includes(name)) return;
        await transaction
          .updateTable('opencast_event')
          .set({ attached: JSON.stringify([...row.attached, name]) })
          .where('media_package_id', '=', mediaPackageId)
          .execute();
      });
    },
    async sweepable(before, limit) {
      const rows = await tables
        .selectFrom('opencast_event')
        .selectAll()
        .where('state', '=', 'SUCCEEDED')
        .where('ended_at', '<', before)
        .where('swept_at', 'is', null)
        .orderBy('ended_at')
        .limit(limit)
        .execute();
      return rows.map(eventOf);
    },
    swept: (mediaPackageId) => change(mediaPackageId, { swept_at: Date.now() }),
  };
}

interface Row {
  readonly media_package_id: string;
  readonly uuid: string;
  readonly tracking_id: string;
  readonly prefix: string;
  readonly posted_at: number | null;
  readonly workflow_id: string | null;
  readonly state: 'SUCCEEDED' | 'FAILED' | null;
  readonly ended_at: number | null;
  readonly swept_at: number | null;
}

function eventOf(row: Row & { readonly attached: readonly string[] }): LedgerEvent {
  return {
    mediaPackageId: row.media_package_id,
    uuid: row.uuid,
    trackingId: row.tracking_id,
    prefix: row.prefix,
    postedAt: row.posted_at ?? undefined,
    workflowId: row.workflow_id ?? undefined,
    state: row.state ?? undefined,
    attached: row.attached,
  };
}
