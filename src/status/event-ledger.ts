import { sql, type Kysely, type Selectable, type Updateable } from 'kysely';
import { databaseTime } from './database-clock.js';
import { jsonText } from './json-text.js';
import type { Tables } from './tables.js';

/**
 * What we have asked of Opencast, by media package: written before the request whose answer might be lost, so that nothing is started twice,
 * whatever ends in between. It outlives the jobs.
 */
export interface EventLedger {
  find(mediaPackageId: string): Promise<LedgerEvent | undefined>;
  /** Events that a recording has become, oldest first. */
  ofRecording(uuid: string): Promise<readonly LedgerEvent[]>;
  /** An ingest begins to fetch files: from now on they are in use. It has listed none yet. */
  opened(event: NewLedgerEvent): Promise<void>;
  /** The ingest has listed the recording's files for the last time. @param names of all that it knows of @param missing how many it could not fetch */
  listed(mediaPackageId: string, names: readonly string[], missing: number): Promise<void>;
  /** Somebody was told of a file that came too late. */
  toldLate(mediaPackageId: string, name: string): Promise<void>;
  /** A start is about to be asked for. */
  posting(event: NewLedgerEvent): Promise<void>;
  /** Opencast has refused the start: nothing runs. */
  refused(mediaPackageId: string): Promise<void>;
  started(mediaPackageId: string, workflowId: string): Promise<void>;
  /** What has succeeded stays so. */
  ended(mediaPackageId: string, state: 'SUCCEEDED' | 'FAILED'): Promise<void>;
  /** A file was added to the event afterwards; @param name of the file among those of its recording */
  attached(mediaPackageId: string, name: string): Promise<void>;
  /** Events that Opencast has finished before then, whose files we still have and no other ingest uses, the oldest first. @param before milliseconds since 1970 */
  sweepable(before: number, limit: number): Promise<readonly LedgerEvent[]>;
  swept(mediaPackageId: string): Promise<void>;
  /**
   * Recordings of which every event is finished since then and whole, which are not in Zoom's trash yet and were not looked at for that lately; those never
   * looked at first. @param before milliseconds since 1970
   */
  trashable(before: number, limit: number): Promise<readonly string[]>;
  /** It was decided on the recording's copy in Zoom. */
  lookedForTrash(uuid: string, outcome: 'trashed' | 'kept'): Promise<void>;
}

export interface NewLedgerEvent {
  readonly mediaPackageId: string;
  readonly uuid: string;
  readonly trackingId: string;
  /** of the recording's files in our storage, without trailing slash */
  readonly prefix: string;
}

export interface LedgerEvent extends NewLedgerEvent {
  /** milliseconds since a start was asked for of which it is not known what came of it, by the database's clock */
  readonly postedMsAgo: number | undefined;
  readonly workflowId: string | undefined;
  readonly state: 'SUCCEEDED' | 'FAILED' | undefined;
  /** Names of files that were part of it or were added since. */
  readonly attached: readonly string[];
  /** Names of files that the ingest knew of; undefined until it has listed them. */
  readonly listed: readonly string[] | undefined;
  /** Names of files that Zoom added after that, and that somebody was told of. */
  readonly toldLate: readonly string[];
}

/** milliseconds: what has to stay in Zoom is looked at again the next day */
const lookForTrashEvery = 86_400_000;

export function eventLedger(tables: Kysely<Tables>): EventLedger {
  const change = async (mediaPackageId: string, facts: Updateable<Tables['opencast_event']>): Promise<void> => {
    await tables.updateTable('opencast_event').set(facts).where('media_package_id', '=', mediaPackageId).execute();
  };

  /** Adds a name to a list of the row, once. */
  const add = async (mediaPackageId: string, list: 'attached' | 'told_late', name: string): Promise<void> => {
    await tables.transaction().execute(async (transaction) => {
      const row = await transaction
        .selectFrom('opencast_event')
        .select(['attached', 'told_late'])
        .where('media_package_id', '=', mediaPackageId)
        .forUpdate()
        .executeTakeFirst();
      if (!row || row[list].includes(name)) return;
      await transaction
        .updateTable('opencast_event')
        .set({ [list]: jsonText([...row[list], name]) })
        .where('media_package_id', '=', mediaPackageId)
        .execute();
    });
  };

  const events = () =>
    tables
      .selectFrom('opencast_event')
      .selectAll()
      .select(sql<number | null>`${databaseTime} - posted_at`.as('posted_ms_ago'));

  return {
    async find(mediaPackageId) {
      const row = await events().where('media_package_id', '=', mediaPackageId).executeTakeFirst();
      return row && eventOf(row);
    },
    async ofRecording(uuid) {
      const rows = await events().where('uuid', '=', uuid).orderBy('created_at').execute();
      return rows.map(eventOf);
    },
    async opened({ mediaPackageId, uuid, trackingId, prefix }) {
      await tables
        .insertInto('opencast_event')
        .values({
          ...{ media_package_id: mediaPackageId, uuid, tracking_id: trackingId, prefix },
          created_at: Date.now(),
        })
        .onConflict((conflict) =>
          conflict.column('media_package_id').doUpdateSet({ tracking_id: trackingId, prefix, listed: null }),
        )
        .execute();
    },
    async listed(mediaPackageId, names, missing) {
      await tables
        .updateTable('opencast_event')
        .set({ listed: jsonText(names), missing })
        .where('media_package_id', '=', mediaPackageId)
        .execute();
    },
    toldLate: (mediaPackageId, name) => add(mediaPackageId, 'told_late', name),
    async posting({ mediaPackageId, uuid, trackingId, prefix }) {
      // Whoever takes over judges how long ago this was: no process's own clock.
      const now = databaseTime;
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
    async ended(mediaPackageId, state) {
      await tables
        .updateTable('opencast_event')
        .set({ state, ended_at: Date.now() })
        .where('media_package_id', '=', mediaPackageId)
        .where((event) => event.or([event('state', 'is', null), event('state', '!=', 'SUCCEEDED')]))
        .execute();
    },
    attached: (mediaPackageId, name) => add(mediaPackageId, 'attached', name),
    async sweepable(before, limit) {
      const rows = await events()
        .where('state', '=', 'SUCCEEDED')
        .where('ended_at', '<', before)
        .where('swept_at', 'is', null)
        .where((event) =>
          event.not(
            event.exists(
              event
                .selectFrom('opencast_event as other')
                .select('other.uuid')
                .whereRef('other.uuid', '=', 'opencast_event.uuid')
                .where((other) =>
                  other.or([other('other.state', 'is', null), other('other.state', '!=', 'SUCCEEDED')]),
                ),
            ),
          ),
        )
        .orderBy('ended_at')
        .limit(limit)
        .execute();
      return rows.map(eventOf);
    },
    swept: (mediaPackageId) => change(mediaPackageId, { swept_at: Date.now() }),
    async trashable(before, limit) {
      const rows = await tables
        .selectFrom('opencast_event')
        .select('uuid')
        .groupBy('uuid')
        .having(({ eb, fn }) =>
          eb.and([
            eb(sql`bool_and(coalesce(state, '') = 'SUCCEEDED' AND missing = 0 AND trashed_at IS NULL)`, '=', true),
            eb(fn.max('ended_at'), '<', before),
            eb(sql`coalesce(max(trash_looked_at), 0)`, '<', Date.now() - lookForTrashEvery),
          ]),
        )
        .orderBy(sql`coalesce(max(trash_looked_at), 0)`)
        .orderBy(({ fn }) => fn.max('ended_at'))
        .limit(limit)
        .execute();
      return rows.map(({ uuid }) => uuid);
    },
    async lookedForTrash(uuid, outcome) {
      const now = Date.now();
      await tables
        .updateTable('opencast_event')
        .set({ trash_looked_at: now, ...(outcome === 'trashed' && { trashed_at: now }) })
        .where('uuid', '=', uuid)
        .execute();
    },
  };
}

function eventOf(row: Selectable<Tables['opencast_event']> & { posted_ms_ago: number | null }): LedgerEvent {
  return {
    mediaPackageId: row.media_package_id,
    uuid: row.uuid,
    trackingId: row.tracking_id,
    prefix: row.prefix,
    postedMsAgo: row.posted_ms_ago ?? undefined,
    workflowId: row.workflow_id ?? undefined,
    state: row.state ?? undefined,
    attached: row.attached,
    listed: row.listed ?? undefined,
    toldLate: row.told_late,
  };
}
