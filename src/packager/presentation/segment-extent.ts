import type { IndexedSegment, IndexedTrackSegment } from '../model/asset-index.js';
import type { Track } from '../model/track.js';
import { rescale } from '../timing/timescale.js';
import type { PlannedSegment } from './presentation.js';

export type SegmentExtent = Pick<PlannedSegment, 'start' | 'end' | 'sap'>;

export interface ExtentOptions {
  /** Of the tracks that share the segment, the main one first: indexes in `tracks`. */
  readonly members: readonly number[];
  /** Of its period. */
  readonly isFirst: boolean;
}

/**
 * Where a segment that is made of these begins, by its main track, or where that holds no sample by another, and where the last of them ends: ticks of
 * the main one. A period's first segment begins with the first of them, since nothing else tells of what is before the main one. Undefined when
 * none holds a sample.
 */
export function segmentExtent(
  segments: readonly IndexedSegment[],
  tracks: readonly Track[],
  { members, isFirst }: ExtentOptions,
): SegmentExtent | undefined {
  const mainScale = tracks[members[0] ?? -1]?.timescale ?? 1;
  let extent: SegmentExtent | undefined;
  for (const [index, track] of members.entries()) {
    const filled = filledParts(segments, track);
    if (!filled) continue;
    const inMain = (ticks: number) => rescale(ticks, tracks[track]?.timescale ?? 1, mainScale);
    const [begins, ends] = [inMain(filled.start), inMain(filled.end)];
    if (!extent) extent = { start: begins, end: ends, sap: index === 0 ? filled.sap : 1 };
    else
      extent = {
        ...extent,
        start: isFirst ? Math.min(extent.start, begins) : extent.start,
        end: Math.max(extent.end, ends),
      };
  }
  return extent;
}

/** From the first segment that holds samples of the track to the end of the last that does. */
function filledParts(segments: readonly IndexedSegment[], track: number): SegmentExtent | undefined {
  let first: IndexedTrackSegment | undefined;
  let last: IndexedTrackSegment | undefined;
  for (const { tracks } of segments) {
    const part = tracks[track];
    if (!part || part.end <= part.start) continue;
    first ??= part;
    last = part;
  }
  return first && last && { start: first.start, end: last.end, sap: first.sap };
}
