import { planReads } from '../isobmff/plan-reads.js';
import type {
  AssetIndex,
  IndexedPeriod,
  IndexedSegment,
  IndexedTrackSegment,
  TabledSegment,
} from '../model/asset-index.js';
import type { SampleTable } from '../model/sample-table.js';
import type { SourceRange } from '../model/source-reader.js';
import { maximumTaskBytes } from './task-limit.js';

/** Seconds that segments get when a configuration says nothing of it. */
export const usualSegmentDuration = 6;

/** Seconds by which two durations may differ and still be equally near: cuts that follow a clock are late by up to a frame each, 0.042 s of 24 a second. */
const equallyNear = 0.1;

/**
 * An index whose segments were as short as key pictures allow, with segments of about this duration: each ends at the place that comes nearest,
 * or earlier where a rendition has more bytes until there than one task may hold.
 * @param duration seconds
 */
export function joinSegments(index: AssetIndex, duration: number): AssetIndex {
  const reference =
    index.renditions.find(({ periods }) => periods[0]?.tracks[0]?.kind === 'video') ?? index.renditions[0];
  const groups = (reference?.periods ?? []).map((period, at) => {
    const all = index.renditions.flatMap(({ periods }) => periods[at] ?? []);
    return groupsOf(period, duration).flatMap((group) => held(group, all));
  });
  const renditions = index.renditions.map((rendition) => ({
    ...rendition,
    periods: rendition.periods.map((period, at) => ({
      ...period,
      segments: (groups[at] ?? []).map((group) => joined(group, period)),
    })),
  }));
  return { ...index, renditions };
}

interface Group {
  readonly from: number;
  readonly to: number;
}

function groupsOf({ segments, tracks }: IndexedPeriod, duration: number): Group[] {
  const groups: Group[] = [];
  // Where one track has no samples another one tells the time.
  const times = segments.map(({ tracks: of }) => {
    const at = Math.max(
      0,
      of.findIndex(({ start, end }) => end > start),
    );
    return {
      start: (of[at]?.start ?? 0) / (tracks[at]?.timescale ?? 1),
      end: (of[at]?.end ?? 0) / (tracks[at]?.timescale ?? 1),
    };
  });
  let from = 0;
  for (let segment = 0; segment < times.length; segment += 1) {
    const lasts = (times[segment]?.end ?? 0) - (times[from]?.start ?? 0);
    const withNext = (times[segment + 1]?.end ?? Infinity) - (times[from]?.start ?? 0);
    // Of two that are equally near the longer one, as multiples of a playlist's cut are rounded; else frames and fractions would choose by chance.
    if (Math.abs(withNext - duration) <= Math.abs(lasts - duration) + equallyNear) continue;
    groups.push({ from, to: segment + 1 });
    from = segment + 1;
  }
  return groups;
}

/** Halved until each part can be held in every rendition, or is one segment. */
function held({ from, to }: Group, periods: readonly IndexedPeriod[]): Group[] {
  const fits = periods.every(({ segments }) => {
    const parts = segments.slice(from, to).filter(isTabled);
    return parts.length <= 1 || lengthOf(readsOf(parts)) <= maximumTaskBytes;
  });
  if (fits) return [{ from, to }];
  const middle = from + Math.ceil((to - from) / 2);
  return [...held({ from, to: middle }, periods), ...held({ from: middle, to }, periods)];
}

function readsOf(parts: readonly TabledSegment[]): [SourceRange, ...SourceRange[]] {
  return planReads(
    parts[0]?.source ?? { uri: '' },
    parts.flatMap(({ samples }) => samples),
  );
}

function lengthOf(reads: readonly SourceRange[]): number {
  return reads.reduce((sum, { length = 0 }) => sum + length, 0);
}

function joined({ from, to }: Group, { segments }: IndexedPeriod): IndexedSegment {
  const parts = segments.slice(from, to).filter(isTabled);
  const [first] = parts;
  if (!first || parts.length === 1) return first ?? (segments[from] as IndexedSegment);
  const samples = first.samples.map((_, track) => joinTables(parts.map((part) => part.samples[track] as SampleTable)));
  const [source, ...more] = readsOf(parts);
  const tracks = first.tracks.map((_, track) =>
    joinTracks(parts.map((part) => part.tracks[track] as IndexedTrackSegment)),
  );
  const events = parts.flatMap((part) => part.events ?? []);
  return { source, more, samples, tracks, ...(events.length > 0 && { events }) };
}

function isTabled(segment: IndexedSegment): segment is TabledSegment {
  return segment.samples !== undefined;
}

function joinTracks(parts: readonly IndexedTrackSegment[]): IndexedTrackSegment {
  const [first] = parts as [IndexedTrackSegment];
  const filled = parts.find(({ start, end }) => end > start) ?? first;
  return { ...filled, start: first.start, end: parts.at(-1)?.end ?? first.end };
}

function joinTables(parts: readonly SampleTable[]): SampleTable {
  const count = parts.reduce((sum, { sizes }) => sum + sizes.length, 0);
  const durations = new Uint32Array(count);
  const sizes = new Uint32Array(count);
  const compositionOffsets = parts.some((part) => part.compositionOffsets) ? new Int32Array(count) : undefined;
  const sync = parts.some((part) => part.sync) ? new Uint8Array(count).fill(1) : undefined;
  let at = 0;
  for (const part of parts) {
    if (part.durations.length === 1) durations.fill(part.durations[0] as number, at, at + part.sizes.length);
    else durations.set(part.durations, at);
    sizes.set(part.sizes, at);
    if (part.compositionOffsets) compositionOffsets?.set(part.compositionOffsets, at);
    if (part.sync) sync?.set(part.sync, at);
    at += part.sizes.length;
  }
  const { nalLengthSize, inBandSets } = parts[0] ?? {};
  return {
    sizes,
    durations: durations.every((duration) => duration === durations[0]) ? durations.slice(0, 1) : durations,
    ...(compositionOffsets && { compositionOffsets }),
    ...(sync && { sync }),
    runs: joinRuns(parts),
    ...(nalLengthSize !== undefined && { nalLengthSize }),
    ...(inBandSets && { inBandSets }),
  };
}

function joinRuns(parts: readonly SampleTable[]): Float64Array<ArrayBuffer> {
  const runs: number[] = [];
  for (const part of parts) {
    for (let run = 0; run < part.runs.length; run += 2) {
      const [offset, length] = [part.runs[run] as number, part.runs[run + 1] as number];
      if (runs.length > 0 && (runs.at(-2) as number) + (runs.at(-1) as number) === offset)
        runs[runs.length - 1] = (runs.at(-1) as number) + length;
      else runs.push(offset, length);
    }
  }
  return Float64Array.from(runs);
}
