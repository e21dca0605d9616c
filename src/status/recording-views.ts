import type { Kysely, Selectable } from 'kysely';
import type { Recording, RecordingPresence } from '../domain/recording.js';
import type { RecordingStatus } from '../domain/recording-status.js';
import {
  ingestOfRow,
  ingestsOf,
  recordingProgress,
  type CatalogIngest,
  type RecordingProgress,
} from './recording-progress.js';
import { playbackUrlsOf } from './recording-streams.js';
import type { Tables } from './tables.js';

/** The reading half of the catalog of recordings. */
export interface RecordingViews {
  find(uuid: string): Promise<CatalogRecording | undefined>;
  findIngest(trackingId: string): Promise<CatalogIngest | undefined>;
  /** Every status that the ingest has had, oldest first. */
  history(trackingId: string): Promise<readonly PastStatus[]>;
  /** Recordings of a meeting with their ingests, oldest first. */
  ofMeeting(meetingId: string): Promise<readonly CatalogRecording[]>;
  /** Recordings of the same meeting that began in the two days before this one: what it may go on from. Oldest first. */
  justBefore(recording: Pick<Recording, 'meetingId' | 'startTime'>): Promise<readonly Recording[]>;
  /** How far all recordings of a meeting are, oldest first. */
  progressOfMeeting(meetingId: string): Promise<readonly RecordingProgress[]>;
  /** How far recordings are with the ingests that changed since, oldest first. @param since milliseconds since 1970 */
  progressSince(since: number): Promise<readonly RecordingProgress[]>;
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
  /** What plays it, of each view; empty: it was not packaged. */
  readonly playbackUrls: readonly string[];
}

export interface PastStatus {
  readonly status: RecordingStatus;
  readonly reason?: string;
  readonly at: Date;
}

/** rows that are read at a time */
const pageSize = 500;

/** milliseconds: no class goes on for longer, however often its meeting breaks off */
const goesOnFor = 2 * 86_400_000;

/** Recordings of these rows, in their order, with their ingests. */
export async function withIngests(tables: Kysely<Tables>, rows: readonly RecordingRow[]): Promise<CatalogRecording[]> {
  const [ingests, playbackUrls] = await Promise.all([ingestsOf(tables, rows), playbackUrlsOf(tables, rows)]);
  return rows.map((row) => ({
    recording: row.snapshot as Recording,
    presence: row.presence,
    awaitsSchedule: row.awaits_schedule,
    ingests: ingests.get(row.uuid) ?? [],
    playbackUrls: playbackUrls.get(row.uuid) ?? [],
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

    async justBefore({ meetingId, startTime }) {
      const start = Date.parse(startTime);
      const rows = await tables
        .selectFrom('recording')
        .select('snapshot')
        .where('meeting_id', '=', meetingId)
        .where('start_time', '<', start)
        .where('start_time', '>=', start - goesOnFor)
        .orderBy('start_time')
        .execute();
      return rows.map(({ snapshot }) => snapshot as Recording);
    },

    progressOfMeeting: (meetingId) => recordingProgress(tables, { meetingId }),
    progressSince: (since) => recordingProgress(tables, { since }),

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
