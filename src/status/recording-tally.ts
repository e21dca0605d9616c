import type { Transaction } from 'kysely';
import { outcomeOf } from '../domain/recording-outcome.js';
import type { ChangedStatus } from './changed-status.js';
import type { Tables } from './tables.js';
import { addToTally, observation, type Addition } from './tally.js';

/** Counts what a changed status says of a recording, in the transaction that notes it: once, whoever is killed when. */
export async function tallyStatus(
  transaction: Transaction<Tables>,
  changed: Omit<ChangedStatus, 'uuid' | 'reason'>,
): Promise<void> {
  const { status, outcome = outcomeOf(status) } = changed;
  const isThrough = status === 'SENT_TO_OPENCAST' || status === 'STREAM_SUCCEEDED';
  await addToTally(transaction, [
    ...(outcome ? [{ metric: 'reelway_recordings_total', label: outcome, value: 1 } as const] : []),
    ...(status === 'SENT_TO_OPENCAST'
      ? [{ metric: 'reelway_opencast_workflows_total', label: '', value: 1 } as const]
      : []),
    ...(isThrough ? timesOf(changed) : []),
  ]);
}

function timesOf({ at, requestedAt, durationMinutes }: Omit<ChangedStatus, 'uuid'>): Addition[] {
  // The clocks of who was asked and of who did it need not agree.
  return [
    ...observation('reelway_recording_pipeline_seconds', Math.max(0, at - requestedAt) / 1000),
    ...observation('reelway_recording_duration_seconds', durationMinutes * 60),
  ];
}
