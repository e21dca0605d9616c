import { recordingFileKey, type Recording, type RecordingFile } from '../domain/recording.js';
import { failureTable, type Failure } from '../domain/failure.js';
import type { IngestRequest } from '../domain/work-request.js';
import type { Notice, NoticeRecording } from './notice.js';

/** How an ingest ended. */
export type IngestOutcome =
  | {
      readonly kind: 'done';
      readonly eventId: string;
      /** What of the recording is not in the event, and why. */
      readonly omitted: readonly string[];
    }
  | { readonly kind: 'failed'; readonly failure: Pick<Failure, 'code' | 'message'> };

/** The notice at the end of an ingest: which recording, where it is now or why not, and what to do. No address in it opens anything by itself. */
export function noticeOfRecording(
  { uuid, recording, series, trackingId }: IngestRequest,
  { run, jobId, outcome }: { readonly run: string; readonly jobId: string; readonly outcome: IngestOutcome },
): Notice {
  const { meetingId, topic, startTime } = recording;
  const subject =
    outcome.kind === 'done'
      ? `Recording "${topic}" of ${startTime} is in Opencast`
      : `Recording "${topic}" of ${startTime} is not in Opencast: ${failureTable[outcome.failure.code].title}`;
  const facts: NoticeRecording = {
    ...{ uuid, meetingId, topic, startTime, seriesId: series.id },
    ...(outcome.kind === 'done' ? { eventId: outcome.eventId } : { code: outcome.failure.code }),
  };
  return {
    id: `recording:${trackingId}#${run}`,
    subject,
    text: [
      subject,
      '',
      `Meeting ${meetingId}, series ${series.id}${series.courseCode === undefined ? '' : ` (${series.courseCode})`}`,
      ...(outcome.kind === 'done' ? doneLines(outcome) : failedLines(outcome.failure, jobId)),
      `In Zoom: https://zoom.us/recording/management/detail?meeting_id=${encodeURIComponent(uuid)}`,
    ].join('\n'),
    data: {
      Type: outcome.kind === 'done' ? 'NOTIFICATION' : 'ERROR',
      Message: subject,
      Id: uuid,
      recording: facts,
    },
  };
}

/** Of a file that Zoom added after the ingest had listed the recording's files. */
export interface LateFile {
  readonly recording: Recording;
  readonly file: RecordingFile;
  /** the event that lacks it */
  readonly eventId: string;
  readonly trackingId: string;
  readonly seriesId: string | undefined;
}

/** The same file of the same event makes the same notice, however often it is told. */
export function noticeOfLateFile({ recording, file, eventId, trackingId, seriesId }: LateFile): Notice {
  const { uuid, meetingId, topic, startTime } = recording;
  const subject = `Recording "${topic}" of ${startTime}: a file that Zoom added late is not in Opencast`;
  const again = JSON.stringify({ uuid, allow_multiple_ingests: true });
  return {
    id: `recording:${trackingId}#late:${eventId}:${recordingFileKey(file)}`,
    subject,
    text: [
      subject,
      '',
      `Meeting ${meetingId}${seriesId === undefined ? '' : `, series ${seriesId}`}`,
      `Not in the event ${eventId}: ${nameOfFile(file)}`,
      `To ingest the whole recording once more, as another event: POST /ingest ${again}`,
      `In Zoom: https://zoom.us/recording/management/detail?meeting_id=${encodeURIComponent(uuid)}`,
    ].join('\n'),
    data: {
      Type: 'ERROR',
      Message: subject,
      Id: uuid,
      recording: {
        ...{ uuid, meetingId, topic, startTime, eventId, code: 'recording_incomplete' },
        ...(seriesId !== undefined && { seriesId }),
      },
    },
  };
}

/** A file for people: `shared_screen that began at 2026-11-20T14:00:00Z`. */
export function nameOfFile({ recordingType, fileType, recordingStart }: RecordingFile): string {
  return `${recordingType ?? fileType}${recordingStart === undefined ? '' : ` that began at ${recordingStart}`}`;
}

function doneLines({ eventId, omitted }: Extract<IngestOutcome, { kind: 'done' }>): string[] {
  return [`Event ${eventId}`, ...omitted.map((what) => `Not in it: ${what}.`)];
}

function failedLines({ code, message }: Pick<Failure, 'code' | 'message'>, jobId: string): string[] {
  return [`${message} [${code}]`, failureTable[code].help, `reelway jobs show '${jobId}'`];
}
