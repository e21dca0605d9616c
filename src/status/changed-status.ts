import type { IgnoredOutcome } from '../domain/recording-outcome.js';
import type { RecordingStatus } from '../domain/recording-status.js';

/** An ingest has come to a status that it was not at. */
export interface ChangedStatus {
  readonly uuid: string;
  readonly status: RecordingStatus;
  readonly reason?: string | undefined;
  /** More than the status says. */
  readonly outcome?: IgnoredOutcome | undefined;
  /** of the recording, as Zoom says it */
  readonly durationMinutes: number;
  /** when Zoom or a person asked for it, milliseconds since 1970 */
  readonly requestedAt: number;
  /** milliseconds since 1970 */
  readonly at: number;
}
