import { sql, type Transaction } from 'kysely';
import { outcomeOf, type RecordingOutcome } from '../domain/recording-outcome.js';
import type { RecordingStatus } from '../domain/recording-status.js';
import type { Tables } from './tables.js';
import { addToTally, observation, type Addition } from './tally.js';

export interface NotedStatus {
  readonly status: RecordingStatus;
  /** More than the status says. */
  readonly outcome?: RecordingOutcome | undefined;
  /** milliseconds since 1970 */
  readonly now: number;
}

/** Counts what a status says of a recording, in the transaction that notes it: once, whoever is killed when. */
export async function tallyStatus(
  transaction: Transaction<Tables>,
  trackingId: string,
  { status, outcome = outcomeOf(status), now }: NotedStatus,
): Promise<void> {
  const isThrough = status === 'SENT_TO_OPENCAST' || status === 'STREAM_SUCCEEDED';
  await addToTally(transaction, [
    ...(outcome ? [{ metric: 'reelway_recordings_total', label: outcome, value: 1 } as const] : []),
    ...(status === 'SENT_TO_OPENCAST'
      ? [{ metric: 'reelway_opencast_workflows_total', label: '', value: 1 } as const]
      : []),
    ...(isThrough ? await timesOf(transaction, trackingId, now) : []),
  ]);
}

async function timesOf(transaction: Transaction<Tables>, trackingId: string, now: number): Promise<Addition[]> {
  const { asked, minutes } = await transaction
    .selectFrom('ingest')
    .innerJoin('recording', 'recording.uuid', 'ingest.uuid')
    .select((row) => row.fn.coalesce('ingest.requested_at', 'ingest.created_at').as('asked'))
    .select(sql<number>`(recording.snapshot ->> 'durationMinutes')::float8`.as('minutes'))
    .where('tracking_id', '=', trackingId)
    .executeTakeFirstOrThrow();
  // The clocks of who was asked and of who did it need not agree.
  return [
    ...observation('reelway_recording_pipeline_seconds', Math.max(0, now - asked) / 1000),
    ...observation('reelway_recording_duration_seconds', minutes * 60),
  ];
}
