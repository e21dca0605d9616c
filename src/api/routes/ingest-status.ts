import { secondsIso } from '../../domain/recording.js';
import type { CatalogIngest, CatalogRecording } from '../../status/recording-views.js';

/** zoom-recording-ingester's answer to /status. */
export interface MeetingStatus {
  readonly meeting_id: number;
  readonly topic: string;
  readonly recordings: readonly {
    readonly recording_id: string;
    readonly start_time: string;
    readonly zip_ingests: readonly IngestStatusView[];
  }[];
}

interface IngestStatusView {
  readonly last_updated: string;
  readonly status: string;
  readonly origin: string;
  readonly reason?: string;
  readonly ingest_request_time?: string;
  readonly oc_series_id?: string;
}

/** One meeting, or null when nothing is known of it. */
export function statusOfMeeting(recordings: readonly CatalogRecording[]): MeetingStatus | null {
  return statusOfMeetings(recordings).meetings[0] ?? null;
}

/** All meetings of these recordings. */
export function statusOfMeetings(recordings: readonly CatalogRecording[]): { meetings: MeetingStatus[] } {
  const meetings = new Map<string, CatalogRecording[]>();
  for (const each of recordings.filter(({ ingests }) => ingests.length > 0)) {
    const { meetingId } = each.recording;
    meetings.set(meetingId, [...(meetings.get(meetingId) ?? []), each]);
  }
  return { meetings: [...meetings.values()].map(meetingOf) };
}

function meetingOf(recordings: readonly CatalogRecording[]): MeetingStatus {
  const newest = recordings.at(-1)?.recording;
  return {
    meeting_id: Number(newest?.meetingId),
    topic: newest?.topic ?? '',
    recordings: recordings.map(({ recording, ingests }) => ({
      recording_id: recording.uuid,
      start_time: recording.startTime,
      zip_ingests: ingests.map(ingestOf),
    })),
  };
}

/** Its clients know two origins. */
const origins = { webhook: 'webhook_notification', on_demand: 'on_demand', sweep: 'webhook_notification' } as const;

function ingestOf({ updatedAt, status, origin, reason, requestedAt, seriesId }: CatalogIngest): IngestStatusView {
  return {
    last_updated: secondsIso(updatedAt.getTime()),
    status,
    origin: origins[origin],
    ...(reason !== undefined && { reason }),
    ...(requestedAt && { ingest_request_time: secondsIso(requestedAt.getTime()) }),
    ...(seriesId !== undefined && { oc_series_id: seriesId }),
  };
}
