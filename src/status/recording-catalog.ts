import { sql, type Kysely, type Transaction } from 'kysely';
import {
  mergeRecordings,
  type Recording,
  type RecordingPresence,
  type RecordingStateEvent,
} from '../domain/recording.js';
import type { IgnoredOutcome } from '../domain/recording-outcome.js';
import { mayFollow, type RecordingStatus } from '../domain/recording-status.js';
import type { IngestOrigin } from '../domain/work-request.js';
import type { ChangedStatus } from './changed-status.js';
import { jsonText } from './json-text.js';
import { tallyStatus } from './recording-tally.js';
import { recordingViews, type RecordingViews } from './recording-views.js';
import type { Tables } from './tables.js';

/** What is known of recordings, and how far each ingest of them is. Every verb may be called again with the same facts. */
export interface RecordingCatalog extends RecordingViews {
  /** Adds one more description of a recording to what is known; files add up. @returns all that is known now */
  save(recording: Recording): Promise<Recording>;
  /** Keeps the description only when the recording is new. */
  saveNew(recording: Recording): Promise<void>;
  /** @param at when, milliseconds since 1970 by Zoom's clock: what is told late does not count. @returns false when it did not, or the recording is not known */
  setPresence(uuid: string, presence: RecordingPresence, at: number): Promise<boolean>;
  /** @param at as with `setPresence` */
  setTopic(uuid: string, topic: string, at: number): Promise<void>;
  /** Says whether a later schedule may find the recording's class. */
  setAwaitsSchedule(uuid: string, awaits: boolean): Promise<void>;

  /** Started, paused, ...: kept once, however often it is told. */
  addEvent(uuid: string, event: RecordingStateEvent): Promise<void>;
  /** In the order in which they happened. */
  recordingEvents(uuid: string): Promise<readonly RecordingStateEvent[]>;

  /** Sets the status, and makes the ingest if there is none. Same answer as `setStatus`. */
  openIngest(ingest: NewIngest, status: RecordingStatus, change?: StatusChange): Promise<boolean>;
  /** @returns false when the ingest is not known, or the status may not follow its present one; then nothing has changed */
  setStatus(trackingId: string, status: RecordingStatus, change?: StatusChange): Promise<boolean>;
}

export interface NewIngest {
  readonly trackingId: string;
  /** of a recording that is known */
  readonly uuid: string;
  readonly origin: IngestOrigin;
}

export interface StatusChange {
  /** Why; without it the reason of the status before is cleared. */
  readonly reason?: string | undefined;
  readonly seriesId?: string | undefined;
  readonly jobId?: string | undefined;
  /** How it is counted, where the status alone does not say. */
  readonly outcome?: IgnoredOutcome | undefined;
  /** When Zoom or a person asked for it, where the status says that somebody did; now unless given. */
  readonly requestedAt?: Date | undefined;
}

/**
 * @param onChange is told of every change of a status once it is stored, and of nothing else: not of the same status again, not of what was refused.
 *   A process that ends in between tells nobody.
 */
export function recordingCatalog(
  tables: Kysely<Tables>,
  onChange: (changed: ChangedStatus) => void = () => {},
): RecordingCatalog {
  return {
    ...recordingFacts(tables),
    ...recordingEvents(tables),
    ...ingests(tables, onChange),
    ...recordingViews(tables),
  };
}

function recordingFacts(tables: Kysely<Tables>) {
  async function insert(transaction: Kysely<Tables>, recording: Recording): Promise<boolean> {
    const now = Date.now();
    const values = { uuid: recording.uuid, presence: 'available' as const, created_at: now, ...rowOf(recording) };
    const { numInsertedOrUpdatedRows } = await transaction
      .insertInto('recording')
      .values(values)
      .onConflict((conflict) => conflict.column('uuid').doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }

  return {
    save: (recording: Recording) =>
      tables.transaction().execute(async (transaction) => {
        if (await insert(transaction, recording)) return recording;
        // Locked: two descriptions at the same time must not lose each other's files.
        const { snapshot, topic_at: topicAt } = await transaction
          .selectFrom('recording')
          .select(['snapshot', 'topic_at'])
          .where('uuid', '=', recording.uuid)
          .forUpdate()
          .executeTakeFirstOrThrow();
        const known = snapshot as Recording;
        // A new name that Zoom told us by itself outlives descriptions that were made before it.
        const merged = mergeRecordings(known, topicAt > 0 ? { ...recording, topic: known.topic } : recording);
        await transaction.updateTable('recording').set(rowOf(merged)).where('uuid', '=', recording.uuid).execute();
        return merged;
      }),

    async saveNew(recording: Recording) {
      await insert(tables, recording);
    },

    async setPresence(uuid: string, presence: RecordingPresence, at: number) {
      const { numUpdatedRows } = await tables
        .updateTable('recording')
        .set({ presence, presence_at: at, updated_at: Date.now() })
        .where('uuid', '=', uuid)
        .where('presence_at', '<=', at)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    setTopic: (uuid: string, topic: string, at: number) =>
      tables.transaction().execute(async (transaction) => {
        const row = await transaction
          .selectFrom('recording')
          .select('snapshot')
          .where('uuid', '=', uuid)
          .where('topic_at', '<=', at)
          .forUpdate()
          .executeTakeFirst();
        if (!row) return;
        const renamed = { ...(row.snapshot as Recording), topic };
        const values = { ...rowOf(renamed), topic_at: at };
        await transaction.updateTable('recording').set(values).where('uuid', '=', uuid).execute();
      }),

    async setAwaitsSchedule(uuid: string, awaits: boolean) {
      await tables
        .updateTable('recording')
        .set({ awaits_schedule: awaits })
        .where('uuid', '=', uuid)
        .where('awaits_schedule', '!=', awaits)
        .execute();
    },
  };
}

function rowOf(recording: Recording) {
  return {
    account_id: recording.accountId,
    meeting_id: recording.meetingId,
    start_time: Date.parse(recording.startTime),
    snapshot: jsonText(recording),
    updated_at: Date.now(),
  };
}

function recordingEvents(tables: Kysely<Tables>) {
  return {
    async addEvent(uuid: string, { kind, at }: RecordingStateEvent) {
      await tables
        .insertInto('recording_event')
        .values({ uuid, kind, at })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    recordingEvents: (uuid: string): Promise<readonly RecordingStateEvent[]> =>
      tables.selectFrom('recording_event').select(['kind', 'at']).where('uuid', '=', uuid).orderBy('at').execute(),
  };
}

/** Statuses that begin with somebody asking. */
const requestStatuses: readonly RecordingStatus[] = ['WEBHOOK_RECEIVED', 'ON_DEMAND_RECEIVED'];

/** What became of a status that was to be set. */
interface SetStatus {
  readonly isSet: boolean;
  readonly changed?: ChangedStatus;
}

function ingests(tables: Kysely<Tables>, onChange: (changed: ChangedStatus) => void) {
  async function change(
    transaction: Transaction<Tables>,
    trackingId: string,
    status: RecordingStatus,
    given: StatusChange,
  ): Promise<SetStatus> {
    const current = await transaction
      .selectFrom('ingest')
      .select(['status', 'reason'])
      .where('tracking_id', '=', trackingId)
      .forUpdate()
      .executeTakeFirst();
    if (!current || !mayFollow(current.status, status)) return { isSet: false };
    const { reason, seriesId, jobId } = given;
    const now = Date.now();
    await transaction
      .updateTable('ingest')
      .set({
        ...{ status, reason: reason ?? null, updated_at: now },
        ...(seriesId !== undefined && { series_id: seriesId }),
        ...(jobId !== undefined && { job_id: jobId }),
        ...(requestStatuses.includes(status) && { requested_at: given.requestedAt?.getTime() ?? now }),
      })
      .where('tracking_id', '=', trackingId)
      .execute();
    if (current.status !== status) return noteChange(transaction, trackingId, { status, given, now });
    if (current.reason !== (reason ?? null)) await note(transaction, trackingId, { status, reason, now });
    return { isSet: true };
  }

  /** Tells of a change when nothing can take it back any more. */
  async function committed(set: (transaction: Transaction<Tables>) => Promise<SetStatus>): Promise<boolean> {
    const { isSet, changed } = await tables.transaction().execute(set);
    if (changed) onChange(changed);
    return isSet;
  }

  return {
    openIngest: ({ trackingId, uuid, origin }: NewIngest, status: RecordingStatus, given: StatusChange = {}) =>
      committed(async (transaction) => {
        const now = Date.now();
        const { reason, seriesId, jobId, requestedAt } = given;
        const { numInsertedOrUpdatedRows } = await transaction
          .insertInto('ingest')
          .values({
            ...{ tracking_id: trackingId, uuid, origin, status, created_at: now, updated_at: now },
            ...{ reason: reason ?? null, series_id: seriesId ?? null, job_id: jobId ?? null },
            requested_at: requestStatuses.includes(status) ? (requestedAt?.getTime() ?? now) : null,
          })
          .onConflict((conflict) => conflict.column('tracking_id').doNothing())
          .executeTakeFirst();
        if (numInsertedOrUpdatedRows !== 1n) return change(transaction, trackingId, status, given);
        return noteChange(transaction, trackingId, { status, given, now });
      }),

    setStatus: (trackingId: string, status: RecordingStatus, given: StatusChange = {}) =>
      committed((transaction) => change(transaction, trackingId, status, given)),
  };
}

/** Keeps a new status in the history, and counts it: both or neither. */
async function noteChange(
  transaction: Transaction<Tables>,
  trackingId: string,
  { status, given, now }: { status: RecordingStatus; given: StatusChange; now: number },
): Promise<Required<SetStatus>> {
  const { reason, outcome } = given;
  await note(transaction, trackingId, { status, reason, now });
  const facts = await transaction
    .selectFrom('ingest')
    .innerJoin('recording', 'recording.uuid', 'ingest.uuid')
    .select('recording.uuid')
    .select((row) => row.fn.coalesce('ingest.requested_at', 'ingest.created_at').as('requestedAt'))
    .select(sql<number>`(recording.snapshot ->> 'durationMinutes')::float8`.as('durationMinutes'))
    .where('tracking_id', '=', trackingId)
    .executeTakeFirstOrThrow();
  const changed = { ...facts, status, reason, outcome, at: now };
  await tallyStatus(transaction, changed);
  return { isSet: true, changed };
}

async function note(
  transaction: Transaction<Tables>,
  trackingId: string,
  { status, reason, now }: { status: RecordingStatus; reason: string | undefined; now: number },
): Promise<void> {
  // The row of the ingest is locked by who calls, so the numbers have no gaps and no doubles.
  const { last } = await transaction
    .selectFrom('ingest_status')
    .select((row) => row.fn.coalesce(row.fn.max('number'), row.lit(0)).as('last'))
    .where('tracking_id', '=', trackingId)
    .executeTakeFirstOrThrow();
  await transaction
    .insertInto('ingest_status')
    .values({ tracking_id: trackingId, number: last + 1, status, reason: reason ?? null, at: now })
    .execute();
}
