import type { IndexedPeriod, IndexedRendition, IndexedSegment } from '../model/asset-index.js';
import { nearest } from './ad-breaks.js';

/** Source segments that form one output segment. */
export interface SegmentGroup {
  readonly segments: readonly IndexedSegment[];
  /** Ordinal of the first within the rendition, from 1. */
  readonly number: number;
}

/**
 * How long output segments are to be, seconds: the whole multiple, at least 1, of the source's segment duration that comes nearest to what is
 * wanted, as MediaPackage rounds SegmentDurationSeconds.
 * @param reference the rendition that all others follow
 */
export function outputDuration(reference: IndexedRendition, wanted: number): number {
  return wanted === 0 ? 0 : segmentsPerOutput(reference, wanted) * typicalDuration(reference);
}

/** How many source segments of a rendition make an output segment of about this duration, seconds. */
export function segmentsPerOutput(rendition: IndexedRendition, duration: number): number {
  const typical = typicalDuration(rendition);
  return typical > 0 ? Math.max(1, Math.round(duration / typical)) : 1;
}

/** The median duration of the rendition's segments, seconds; of its video when it has any. */
function typicalDuration(rendition: IndexedRendition): number {
  const durations = rendition.periods.flatMap(({ tracks, segments }) => {
    const main = Math.max(
      0,
      tracks.findIndex(({ kind }) => kind === 'video'),
    );
    const timescale = tracks[main]?.timescale ?? 1;
    return segments.map(
      (segment) => ((segment.tracks[main]?.end ?? 0) - (segment.tracks[main]?.start ?? 0)) / timescale,
    );
  });
  return durations.toSorted((a, b) => a - b)[Math.floor((durations.length - 1) / 2)] ?? 0;
}

/**
 * Cuts a period's segments into groups of `count`, and where the programme is left or returned to, as MediaPackage does; the last before such a place may be
 * smaller.
 * @param before segments in earlier periods
 * @param cues seconds at which segments of all renditions are to begin
 */
export function groupSegments(
  period: IndexedPeriod,
  { count, before, cues }: { readonly count: number; readonly before: number; readonly cues: readonly number[] },
): SegmentGroup[] {
  const { segments } = period;
  const main = segments.at(-1)?.tracks[0];
  const cuts = [...startsOf(period), (main?.end ?? 0) / (period.tracks[0]?.timescale ?? 1)];
  const begins = new Set(cues.map((cue) => nearest(cuts, cue)));
  const groups: SegmentGroup[] = [];
  for (let first = 0, at = 1; at <= segments.length; at += 1) {
    if (at < segments.length && at - first < count && !begins.has(at)) continue;
    groups.push({ segments: segments.slice(first, at), number: before + first + 1 });
    first = at;
  }
  return groups;
}

/** Seconds at which segments of the source stand behind tags of advertisements, but for those that only say that a break goes on. */
export function markedTimes(period: IndexedPeriod): number[] {
  const starts = startsOf(period);
  return period.segments.flatMap(({ markers = [] }, index) =>
    markers.some((marker) => !marker.startsWith('EXT-X-CUE-OUT-CONT')) ? (starts[index] ?? []) : [],
  );
}

/** Seconds at which the segments begin. */
function startsOf({ segments, tracks: [main] }: IndexedPeriod): number[] {
  return segments.map(({ tracks: [track] }) => (track?.start ?? 0) / (main?.timescale ?? 1));
}
