import type { RecordingStatus } from './recording-status.js';

/** How recordings end, for figures: few words. What ends twice, because it was retried, counts twice. */
export const recordingOutcomes = ['published', 'failed', 'too_short', 'unmatched', 'ignored'] as const;
export type RecordingOutcome = (typeof recordingOutcomes)[number];

/** Of what is no work: it is too short, no class was found for it, or something else is the matter. */
export type IgnoredOutcome = Extract<RecordingOutcome, 'too_short' | 'unmatched' | 'ignored'>;

const outcomes: Partial<Record<RecordingStatus, RecordingOutcome>> = {
  OPENCAST_SUCCEEDED: 'published',
  STREAM_SUCCEEDED: 'published',
  WEBHOOK_FAILED: 'failed',
  DOWNLOADER_FAILED: 'failed',
  UPLOADER_FAILED: 'failed',
  OPENCAST_FAILED: 'failed',
  STREAM_FAILED: 'failed',
  IGNORED: 'ignored',
};

/** undefined: it goes on */
export function outcomeOf(status: RecordingStatus): RecordingOutcome | undefined {
  return outcomes[status];
}
