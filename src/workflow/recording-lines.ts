import type { Logger } from 'pino';
import type { ChangedStatus } from '../status/changed-status.js';

/*
 * Lines of the log that others count and time by, zoom-recording-ingester's log metrics among them: deploy/aws/lib/recording-metrics.ts reads them, and
 * its test holds the two together.
 */

/** How far a recording has come: one line for each change of a status, as the catalog tells of it. */
export function statusLine(log: Pick<Logger, 'info'>): (changed: ChangedStatus) => void {
  return ({ uuid, status, reason, durationMinutes: minutes, requestedAt, at }) => {
    const minutesInPipeline = Math.max(0, Math.floor((at - requestedAt) / 60_000));
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
