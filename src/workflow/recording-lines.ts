import type { Logger } from 'pino';
import type { Recording } from '../domain/recording.js';
import type { RecordingStatus } from '../domain/recording-status.js';

/*
 * Lines of the log that others count and time by, zoom-recording-ingester's log metrics among them: deploy/aws/lib/recording-metrics.ts reads them, and
 * its test holds the two together.
 */

/** How far a recording has come; when it is, or is not, on its way. */
export type StatusLine = (
  of: { readonly recording: Recording; readonly receivedAt: string | Date },
  status: RecordingStatus,
  reason?: string,
) => void;

export function statusLine(log: Pick<Logger, 'info'>): StatusLine {
  return ({ recording, receivedAt }, status, reason) => {
    const minutesInPipeline = Math.max(0, Math.floor((Date.now() - new Date(receivedAt).getTime()) / 60_000));
    const { uuid, durationMinutes: minutes } = recording;
    log.info(
      { recording: uuid, status, minutes, minutesInPipeline, ...(reason !== undefined && { reason }) },
      'recording',
    );
  };
}

/** An event of Zoom was handled. @param name `recording.completed` */
export function eventLine(
  log: Pick<Logger, 'info'>,
  event: { readonly key: string; readonly name: string; readonly outcome: string },
): void {
  log.info({ event: event.key, name: event.name, outcome: event.outcome }, 'handled an event of Zoom');
}
