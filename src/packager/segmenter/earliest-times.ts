import type { FragmentedTrack } from '../isobmff/fragments.js';
import type { SampleColumns } from '../isobmff/sample-columns.js';

/** How many samples each track has, by track_ID. */
export type SampleCounts = ReadonlyMap<number, number>;

export function sampleCounts(tracks: ReadonlyMap<number, FragmentedTrack>): SampleCounts {
  return new Map([...tracks].map(([id, { columns }]) => [id, columns.count]));
}

/**
 * Earliest presentation time of a segment, ISO/IEC 23009-1 §3.1: of each track that has samples behind those of before, by track_ID, in ticks
 * as its samples count them.
 */
export function earliestTimes(tracks: ReadonlyMap<number, FragmentedTrack>, before: SampleCounts): Map<number, number> {
  const earliest = new Map<number, number>();
  for (const [id, { columns, sparse }] of tracks) {
    const from = before.get(id) ?? 0;
    if (!sparse && columns.count > from) earliest.set(id, earliestFrom(columns, from));
  }
  return earliest;
}

/** Counted from the end: a segment has few samples, those before it may be many. */
function earliestFrom({ start, duration, durations, compositionOffsets, count }: SampleColumns, from: number): number {
  let time = start + duration;
  let least = Infinity;
  for (let sample = count - 1; sample >= from; sample -= 1) {
    time -= durations[sample] as number;
    least = Math.min(least, time + (compositionOffsets[sample] as number));
  }
  return least;
}

/** Decode time of a sample as the track counts it. */
export function decodeTime({ start, durations }: SampleColumns, sample: number): number {
  let time = start;
  for (let index = 0; index < sample; index += 1) time += durations[index] as number;
  return time;
}
