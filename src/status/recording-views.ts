import type { Kysely, Selectable } from 'kysely';
import type { Recording, RecordingPresence } from '../domain/recording.js';
import type { RecordingStatus } from '../domain/recording-status.js';
import type { IngestOrigin } from '../domain/work-request.js';
import type { Tables } from './tables.js';

/** The reading half of the catalog of recordings. */
export interface RecordingViews {
  find(uuid: string): Promise<CatalogRecording | undefined>;
  findIngest(trackingId: string): Promise<CatalogIngest | undefined>;
  /** Every status that the ingest has had, oldest first. */
  history(trackingId: string): Promise<readonly PastStatus[]>;
  /** Recordings of a meeting with their ingests, oldest first. */
  ofMeeting(meetingId: string): Promise<readonly CatalogRecording[]>;
  /** Recordings with the ingests that changed since, oldest first. @param since milliseconds since 1970 */
  changedSince(since: number): Promise<readonly CatalogRecording[]>;
  /**
   * Recordings that no class was found for and that Zoom still has, oldest first: of meetings that the schedule has by now, because the others can
   * find none.
   * @param since milliseconds since 1970, of the meeting's start @param meetingId of one meeting only
   */
  awaitingSchedule(since: number, meetingId?: string): AsyncIterable<Recording>;
}

export interface CatalogRecording {
  readonly recording: Recording;
  readonly presence: RecordingPresence;
  readonly awaitsSchedule: boolean;
  /** oldest first */
  readonly ingests: readonly CatalogIngest[];
}

export interface CatalogIngest {
  readonly trackingId: string;
  readonly uuid: string;
  readonly origin: IngestOrigin;
  readonly status: RecordingStatus;
  readonly reason?: string;
  readonly seriesId?: string;
  readonly jobId?: string;
  /** when Zoom or a person asked for it; absent while Zoom still records */
  readonly requestedAt?: Date;
  readonly updatedAt: Date;
}

export interface PastStatus {
  readonly status: RecordingStatus;
  readonly reason?: string;
  readonly at: Date;
}

/** rows that are read at a time */
const pageSize = 500;

/** Recordings of these rows, in their order, with the ingests that changed since. */
export async function withIngests(
  tables: Kysely<Tables>,
  rows: readonly RecordingRow[],
  since = 0,
): Promise<CatalogRecording[]> {
  if (rows.length === 0) return [];
  const ingests = await tables
    .selectFrom('ingest')
    .selectAll()
    .where(
      'uuid',
      'in',
      rows.map(({ uuid }) => uuid),
    )
    .where('updated_at', '>=', since)
    .orderBy('created_at')
    .orderBy('tracking_id')
    .execute();
  const byRecording = new Map<string, CatalogIngest[]>(rows.map(({ uuid }) => [uuid, []]));
  for (const ingest of ingests) byRecording.get(ingest.uuid)?.push(ingestOfRow(ingest));
  return rows.map((row) => ({
    recording: row.snapshot as Recording,
    presence: row.presence,
    awaitsSchedule: row.awaits_schedule,
    ingests: byRecording.get(row.uuid) ?? [],
  }));
}

export function recordingViews(tables: Kysely<Tables>): RecordingViews {
  return {
    async find(uuid) {
      const row = await tables.selectFrom('recording').selectAll().where('uuid', '=', uuid).executeTakeFirst();
      return row && (await withIngests(tables, [row]))[0];
    },

    async findIngest(trackingId) {
      const row = await tables
        .selectFrom('ingest')
        .selectAll()
        .where('tracking_id', '=', trackingId)
        .executeTakeFirst();
      return row && ingestOfRow(row);
    },

    async history(trackingId) {
      const rows = await tables
        .selectFrom('ingest_status')
        .select(['status', 'reason', 'at'])
        .where('tracking_id', '=', trackingId)
        .orderBy('number')
        .execute();
      return rows.map(({ status, reason, at }): PastStatus => ({
        status,
        ...(reason !== null && { reason }),
        at: new Date(at),
      }));
    },

    async ofMeeting(meetingId) {
      const rows = await tables
        .selectFrom('recording')
        .selectAll()
        .where('meeting_id', '=', meetingId)
        .orderBy('start_time')
        .orderBy('uuid')
        .execute();
      return withIngests(tables, rows);
    },

    async changedSince(since) {
      const rows = await tables
        .selectFrom('recording')
        .selectAll()
        .where('uuid', 'in', (recent) => recent.selectFrom('ingest').select('uuid').where('updated_at', '>=', since))
        .orderBy('start_time')
        .orderBy('uuid')
        .execute();
      return withIngests(tables, rows, since);
    },

    async *awaitingSchedule(since, meetingId) {
      let last = { start_time: since, uuid: '' };
      for (;;) {
        const { start_time: start, uuid } = last;
        let page = tables
          .selectFrom('recording')
          .select(['uuid', 'start_time', 'snapshot'])
          .where('awaits_schedule', '=', true)
          .where('presence', '=', 'available')
          .where((row) =>
            row.or([row('start_time', '>', start), row.and([row('start_time', '=', start), row('uuid', '>', uuid)])]),
          )
          .where('meeting_id', 'in', (scheduled) => scheduled.selectFrom('scheduled_class').select('meeting_id'));
        if (meetingId !== undefined) page = page.where('meeting_id', '=', meetingId);
        const rows = await page.orderBy('start_time').orderBy('uuid').limit(pageSize).execute();
        for (const { snapshot } of rows) yield snapshot as Recording;
        const end = rows.at(-1);
        if (!end || rows.length < pageSize) return;
        last = end;
      }
    },
  };
}

type RecordingRow = Selectable<Tables['recording']>;

function ingestOfRow(row: Selectable<Tables['ingest']>): CatalogIngest {
  return {
    ...{ trackingId: row.tracking_id, uuid: row.uuid, origin: row.origin, status: row.status },
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.series_id !== null && { seriesId: row.series_id }),
    ...(row.job_id !== null && { jobId: row.job_id }),
    ...(row.requested_at !== null && { requestedAt: new Date(row.requested_at) }),
    updatedAt: new Date(row.updated_at),
  };
}
