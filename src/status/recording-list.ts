import type { Kysely } from 'kysely';
import type { RecordingStatus } from '../domain/recording-status.js';
import { hasText } from './recording-search.js';
import { withIngests, type CatalogRecording } from './recording-views.js';
import type { Tables } from './tables.js';

/** Which recordings; what is absent does not matter. */
export interface RecordingFilter {
  /**
   * part of the topic, the uuid, the meeting's number, the host's address, a series, or of the course of a class that the schedule has for it, in any
   * case; below three characters: the beginning of a word
   */
  readonly search?: string | undefined;
  /** an ingest of it has one of these */
  readonly status?: readonly RecordingStatus[] | undefined;
  readonly meetingId?: string | undefined;
  /** no class was found for it, and a later schedule may have one */
  readonly awaitsSchedule?: boolean | undefined;
  /** milliseconds since 1970, of the meeting's start: from here */
  readonly from?: number | undefined;
  /** before here */
  readonly before?: number | undefined;
  /** the last one of the page before */
  readonly after?: RecordingPlace | undefined;
  readonly limit: number;
}

/** Where a recording stands in the list. */
export interface RecordingPlace {
  /** milliseconds since 1970 */
  readonly startTime: number;
  readonly uuid: string;
}

/** Recordings by the start of their meetings, the newest first. */
export async function listRecordings(
  tables: Kysely<Tables>,
  filter: RecordingFilter,
): Promise<readonly CatalogRecording[]> {
  const { status, meetingId, awaitsSchedule, from, before, after, limit } = filter;
  let page = tables.selectFrom('recording').selectAll();
  if (filter.search !== undefined) page = page.where(await hasText(tables, filter.search));
  if (status !== undefined && status.length > 0)
    page = page.where('uuid', 'in', (some) => some.selectFrom('ingest').select('uuid').where('status', 'in', status));
  if (meetingId !== undefined) page = page.where('meeting_id', '=', meetingId);
  if (awaitsSchedule !== undefined) page = page.where('awaits_schedule', '=', awaitsSchedule);
  if (from !== undefined) page = page.where('start_time', '>=', from);
  if (before !== undefined) page = page.where('start_time', '<', before);
  if (after) {
    const { startTime, uuid } = after;
    page = page.where((row) =>
      row.or([row('start_time', '<', startTime), row.and([row('start_time', '=', startTime), row('uuid', '<', uuid)])]),
    );
  }
  return withIngests(tables, await page.orderBy('start_time', 'desc').orderBy('uuid', 'desc').limit(limit).execute());
}
