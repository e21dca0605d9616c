import { sql, type Kysely, type Selectable } from 'kysely';
import { secondsIso } from '../domain/recording.js';
import type { RecordingStatus } from '../domain/recording-status.js';
import type { IngestOrigin } from '../domain/work-request.js';
import { playbackUrlsOf } from './recording-streams.js';
import type { Tables } from './tables.js';

/** How far a recording is, without its description, which is large. */
export interface RecordingProgress {
  readonly uuid: string;
  readonly meetingId: string;
  readonly startTime: string;
  /** of the newest recording of its meeting among these; the others': '' */
  readonly topic: string;
  /** oldest first */
  readonly ingests: readonly CatalogIngest[];
  /** What plays it, of each view. */
  readonly playbackUrls: readonly string[];
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

/**
 * How far recordings are, oldest first. Descriptions of recordings are kilobytes each: they stay in the database, but for the topic of the newest
 * recording of each meeting.
 */
export async function recordingProgress(
  tables: Kysely<Tables>,
  of: { readonly meetingId: string } | { readonly since: number },
): Promise<RecordingProgress[]> {
  const all = tables.selectFrom('recording').select(['uuid', 'meeting_id', 'start_time']);
  const wanted =
    'meetingId' in of
      ? all.where('meeting_id', '=', of.meetingId)
      : all.where('uuid', 'in', (changed) =>
          changed.selectFrom('ingest').select('uuid').where('updated_at', '>=', of.since),
        );
  const rows = await wanted.orderBy('start_time').orderBy('uuid').execute();
  const newest = [...new Map(rows.map(({ meeting_id: meeting, uuid }) => [meeting, uuid])).values()];
  const [ingests, topics, playbackUrls] = await Promise.all([
    ingestsOf(tables, rows, 'since' in of ? of.since : undefined),
    topicsOf(tables, newest),
    playbackUrlsOf(tables, rows),
  ]);
  return rows.map(({ uuid, meeting_id: meetingId, start_time: start }) => ({
    ...{ uuid, meetingId, startTime: secondsIso(start), topic: topics.get(uuid) ?? '' },
    ...{ ingests: ingests.get(uuid) ?? [], playbackUrls: playbackUrls.get(uuid) ?? [] },
  }));
}

async function topicsOf(tables: Kysely<Tables>, uuids: readonly string[]): Promise<Map<string, string>> {
  if (uuids.length === 0) return new Map();
  const rows = await tables
    .selectFrom('recording')
    .select(['uuid', sql<string | null>`snapshot->>'topic'`.as('topic')])
    .where('uuid', 'in', uuids)
    .execute();
  return new Map(rows.map(({ uuid, topic }) => [uuid, topic ?? '']));
}

/** The ingests of these recordings that changed since, oldest first. */
export async function ingestsOf(
  tables: Kysely<Tables>,
  recordings: readonly { readonly uuid: string }[],
  since = 0,
): Promise<Map<string, CatalogIngest[]>> {
  if (recordings.length === 0) return new Map();
  const rows = await tables
    .selectFrom('ingest')
    .selectAll()
    .where(
      'uuid',
      'in',
      recordings.map(({ uuid }) => uuid),
    )
    .where('updated_at', '>=', since)
    .orderBy('created_at')
    .orderBy('tracking_id')
    .execute();
  const found = new Map<string, CatalogIngest[]>(recordings.map(({ uuid }) => [uuid, []]));
  for (const row of rows) found.get(row.uuid)?.push(ingestOfRow(row));
  return found;
}

export function ingestOfRow(row: Selectable<Tables['ingest']>): CatalogIngest {
  return {
    ...{ trackingId: row.tracking_id, uuid: row.uuid, origin: row.origin, status: row.status },
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.series_id !== null && { seriesId: row.series_id }),
    ...(row.job_id !== null && { jobId: row.job_id }),
    ...(row.requested_at !== null && { requestedAt: new Date(row.requested_at) }),
    updatedAt: new Date(row.updated_at),
  };
}
