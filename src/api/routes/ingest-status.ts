import { secondsIso } from '../../domain/recording.js';
import type { CatalogIngest, RecordingProgress } from '../../status/recording-progress.js';

/** zoom-recording-ingester's answer to /status. */
export interface MeetingStatus {
  readonly meeting_id: number;
  readonly topic: string;
  readonly recordings: readonly {
    readonly recording_id: string;
    readonly start_time: string;
    /** Ours: what plays it, for who has a token. Absent: it was not packaged. */
    readonly playback_urls?: readonly string[];
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
export function statusOfMeeting(recordings: readonly RecordingProgress[], may: ReaderMay): MeetingStatus | null {
  return statusOfMeetings(recordings, may).meetings[0] ?? null;
}

export interface ReaderMay {
  /** Who knows the addresses that play a recording may watch it. */
  readonly watch: boolean;
}

/** All meetings of these recordings. */
export function statusOfMeetings(
  recordings: readonly RecordingProgress[],
  may: ReaderMay,
): { meetings: MeetingStatus[] } {
  const meetings = new Map<string, RecordingProgress[]>();
  for (const each of recordings) meetings.set(each.meetingId, [...(meetings.get(each.meetingId) ?? []), each]);
  return { meetings: [...meetings.values()].flatMap((each) => meetingOf(each, may) ?? []) };
}

/** undefined: nothing was asked of it yet */
function meetingOf(all: readonly RecordingProgress[], may: ReaderMay): MeetingStatus | undefined {
  const recordings = all.filter(({ ingests }) => ingests.length > 0);
  const newest = all.at(-1);
  if (recordings.length === 0 || !newest) return undefined;
  return {
    meeting_id: Number(newest.meetingId),
    topic: newest.topic,
    recordings: recordings.map(({ uuid, startTime, ingests, playbackUrls }) => ({
      recording_id: uuid,
      start_time: startTime,
      zip_ingests: ingests.map(ingestOf),
      ...(may.watch && playbackUrls.length > 0 && { playback_urls: playbackUrls }),
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
