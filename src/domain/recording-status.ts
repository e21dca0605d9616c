import type { RecordingStateEvent } from './recording.js';

/** What Zoom does with a recording, before its files are ready. */
const zoomStatuses = [
  'RECORDING_IN_PROGRESS',
  'RECORDING_PAUSED',
  'RECORDING_STOPPED',
  'RECORDING_PROCESSING',
] as const;

/**
 * How far an ingest is. The names are zoom-recording-ingester's, which its users and tools know; the last four are ours: how the workflow
 * in Opencast ended, and how packaging did where there is no Opencast.
 */
const ingestStatuses = [
  'ON_DEMAND_RECEIVED',
  'WEBHOOK_RECEIVED',
  'WEBHOOK_FAILED',
  'IGNORED',
  'SENT_TO_DOWNLOADER',
  'OC_SERIES_FOUND',
  'DOWNLOADER_FAILED',
  'SENT_TO_UPLOADER',
  'UPLOADER_RECEIVED',
  'UPLOADER_FAILED',
  'SENT_TO_OPENCAST',
  'OPENCAST_SUCCEEDED',
  'OPENCAST_FAILED',
  'STREAM_SUCCEEDED',
  'STREAM_FAILED',
] as const;

export type ZoomStatus = (typeof zoomStatuses)[number];
export type IngestStatus = (typeof ingestStatuses)[number];
export type RecordingStatus = ZoomStatus | IngestStatus;

export const recordingStatuses = [...zoomStatuses, ...ingestStatuses] as const;

/** Places in the order of work; what has failed or was ignored stands nowhere, because work on it may begin anew anywhere. */
const place = {
  WEBHOOK_RECEIVED: 1,
  ON_DEMAND_RECEIVED: 1,
  SENT_TO_DOWNLOADER: 2,
  OC_SERIES_FOUND: 3,
  SENT_TO_UPLOADER: 4,
  UPLOADER_RECEIVED: 5,
} as const satisfies Partial<Record<IngestStatus, number>>;

/**
 * May the status follow? A late, repeated or out-of-order event must not take an ingest back:
 * - a Zoom status follows only Zoom statuses; which one, `zoomStatusOf` says from all events together;
 * - work in progress goes on, fails or is ignored, and does not go back;
 * - what failed or was ignored may begin anew (a retry, a schedule that now has the class);
 * - what Opencast has is finished: nothing but the end of the workflow there may follow.
 */
export function mayFollow(current: RecordingStatus | undefined, next: RecordingStatus): boolean {
  if (current === undefined || current === next) return true;
  if (isZoomStatus(next)) return isZoomStatus(current);
  if (isZoomStatus(current)) return true;
  switch (current) {
    case 'SENT_TO_OPENCAST':
    case 'OPENCAST_FAILED':
      return next === 'OPENCAST_SUCCEEDED' || next === 'OPENCAST_FAILED';
    case 'OPENCAST_SUCCEEDED':
    case 'STREAM_SUCCEEDED':
      return false;
    case 'WEBHOOK_FAILED':
    case 'IGNORED':
    case 'DOWNLOADER_FAILED':
    case 'UPLOADER_FAILED':
    case 'STREAM_FAILED':
      return true;
    default:
      // Of work that has begun, a broken announcement says nothing.
      if (next === 'WEBHOOK_FAILED') return place[current] === 1;
      return !(next in place) || place[next as keyof typeof place] >= place[current];
  }
}

export function isZoomStatus(status: RecordingStatus): status is ZoomStatus {
  return (zoomStatuses as readonly string[]).includes(status);
}

const startKinds: readonly RecordingStateEvent['kind'][] = ['started', 'resumed'];

/**
 * What Zoom does with the recording, from everything that it has told: the same whatever the order in which it arrived, and however often.
 * undefined when it was never recorded: a meeting that merely ended is no recording.
 */
export function zoomStatusOf(events: readonly RecordingStateEvent[]): ZoomStatus | undefined {
  const recorded = events.filter(({ kind }) => kind !== 'ended').sort((a, b) => a.at - b.at || order(a) - order(b));
  const last = recorded.at(-1);
  if (!last) return undefined;
  // A meeting ends once; what is told of an earlier moment afterwards does not bring it back.
  if (events.some(({ kind }) => kind === 'ended')) return 'RECORDING_PROCESSING';
  if (startKinds.includes(last.kind)) return 'RECORDING_IN_PROGRESS';
  return last.kind === 'paused' ? 'RECORDING_PAUSED' : 'RECORDING_STOPPED';
}

/** Within one second: as these events can only have come about. */
function order({ kind }: RecordingStateEvent): number {
  return ['started', 'resumed', 'paused', 'stopped', 'ended'].indexOf(kind);
}
