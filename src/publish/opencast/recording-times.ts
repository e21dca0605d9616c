import { recordedStretches } from '../../domain/recorded-stretches.js';
import { secondsIso, type RecordingStateEvent } from '../../domain/recording.js';
import type { RecordingSegment } from './segments.js';

/**
 * When was really recorded: start and end of each stretch between pauses, `<start>_<end>` in UTC, joined by commas; the workflow property
 * `zoomRecordingTimes` of zoom-recording-ingester.
 */
export function recordingTimes(segments: readonly RecordingSegment[], events: readonly RecordingStateEvent[]): string {
  return recordedStretches(segments, events)
    .map(({ start, end }) => `${secondsIso(start * 1000)}_${secondsIso(end * 1000)}`)
    .join(',');
}
