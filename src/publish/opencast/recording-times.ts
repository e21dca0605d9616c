import { secondsIso, type RecordingStateEvent } from '../../domain/recording.js';
import type { RecordingSegment } from './segments.js';

/**
 * When was really recorded: start and end of each stretch between pauses, `<start>_<end>` in UTC, joined by commas; the workflow property
 * `zoomRecordingTimes` of zoom-recording-ingester. Made of the segments' own times and of the events that Zoom sent meanwhile.
 */
export function recordingTimes(segments: readonly RecordingSegment[], events: readonly RecordingStateEvent[]): string {
  return recordedStretches(segments, events)
    .map(({ start, end }) => `${secondsIso(start * 1000)}_${secondsIso(end * 1000)}`)
    .join(',');
}

interface Stretch {
  /** seconds since 1970 */
  readonly start: number;
  readonly end: number;
}

function recordedStretches(segments: readonly RecordingSegment[], events: readonly RecordingStateEvent[]): Stretch[] {
  const first = segments[0]?.start;
  if (first === undefined) return [];
  const marks = [
    ...segments.map(({ start }) => ({ at: start, records: true })),
    ...segments.flatMap(({ end }) => (end === undefined ? [] : [{ at: end, records: false }])),
    ...events.flatMap(({ kind, at }) => (kind === 'ended' ? [] : [{ at, records: recordsAfter[kind] }])),
  ]
    .filter(({ at }) => at >= first)
    // At the same second an end comes before the next start.
    .sort((a, b) => a.at - b.at || Number(a.records) - Number(b.records));

  const stretches: Stretch[] = [];
  let open: number | undefined;
  for (const { at, records } of marks) {
    if (records) open ??= at;
    else if (open !== undefined) {
      stretches.push({ start: open, end: at });
      open = undefined;
    }
  }
  return stretches;
}

const recordsAfter = { started: true, resumed: true, paused: false, stopped: false } as const;
