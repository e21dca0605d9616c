import { failureTable, type Failure } from '../domain/failure.js';
import type { IngestRequest } from '../domain/work-request.js';
import type { Notice } from './notice.js';

/** How packaging of a recording ended. */
type StreamOutcome =
  | {
      readonly kind: 'done';
      readonly views: readonly { readonly view: string; readonly playbackUrls: readonly string[] }[];
      /** What of the recording is missing, and why. */
      readonly omitted: readonly string[];
    }
  | { readonly kind: 'failed'; readonly failure: Pick<Failure, 'code' | 'message'> };

/** The notice at the end of a recording's packaging, with the addresses that play it: who knows them may watch. */
export function noticeOfStream({
  request: { uuid, recording, series, trackingId },
  outcome,
  run,
  jobId,
}: {
  readonly request: IngestRequest;
  readonly outcome: StreamOutcome;
  readonly run: string;
  readonly jobId: string;
}): Notice {
  const { meetingId, topic, startTime } = recording;
  const name = `Recording "${topic}" of ${startTime}`;
  const done = outcome.kind === 'done';
  const subject = done
    ? `${name} can be watched`
    : `${name} cannot be watched: ${failureTable[outcome.failure.code].title}`;
  const lines = done
    ? [
        ...outcome.views.flatMap(({ view, playbackUrls }) => playbackUrls.map((url) => `${view}: ${url}`)),
        ...outcome.omitted.map((what) => `Not in it: ${what}.`),
      ]
    : [
        `${outcome.failure.message} [${outcome.failure.code}]`,
        failureTable[outcome.failure.code].help,
        `reelway jobs show '${jobId}'`,
      ];
  return {
    id: `stream:${trackingId}#${run}`,
    subject,
    text: [subject, '', `Meeting ${meetingId}, series ${series.id}`, ...lines].join('\n'),
    data: {
      Type: done ? 'NOTIFICATION' : 'ERROR',
      Message: subject,
      Id: uuid,
      recording: {
        ...{ uuid, meetingId, topic, startTime, seriesId: series.id },
        ...(!done && { code: outcome.failure.code }),
      },
    },
  };
}
