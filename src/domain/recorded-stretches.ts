import type { RecordingStateEvent } from './recording.js';

/** A time that was recorded without a pause. Seconds since 1970. */
export interface RecordedStretch {
  readonly start: number;
  readonly end: number;
}

/** What was recorded between a start and a stop. Seconds since 1970. */
interface RecordedSpan {
  readonly start: number;
  readonly end: number | undefined;
}

/** The stretches between pauses, made of the segments' own times and of the events that Zoom sent meanwhile. */
export function recordedStretches(
  segments: readonly RecordedSpan[],
  events: readonly RecordingStateEvent[],
): RecordedStretch[] {
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

  const stretches: RecordedStretch[] = [];
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
