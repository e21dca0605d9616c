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

function doneLines({ eventId, omitted }: Extract<IngestOutcome, { kind: 'done' }>): string[] {
  return [`Event ${eventId}`, ...omitted.map((what) => `Not in it: ${what}.`)];
}

function failedLines({ code, message }: Pick<Failure, 'code' | 'message'>, jobId: string): string[] {
  return [`${message} [${code}]`, failureTable[code].help, `reelway jobs show '${jobId}'`];
}
