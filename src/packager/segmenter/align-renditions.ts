import { PackagerError } from '../errors.js';
import type { IndexedPeriod, IndexedRendition } from '../model/asset-index.js';

/** Seconds by which starts of segments may differ between renditions and still count as the same. */
export interface AlignmentTolerances {
  /** Between videos: players switch there, so less than any frame lasts. */
  readonly video: number;
  /** Of audio that has segments of its own, to the first rendition's: its frames end where they end, and encoders cut it as it comes. */
  readonly audio: number;
}

export const defaultTolerances: AlignmentTolerances = { video: 0.01, audio: 1 };

/**
 * Renditions must have the same periods and segments, so that players can switch at each. Sound may begin and end within its segments when
 * it likes, and have none in some of a source that is cut here.
 * @throws PackagerError naming rendition, segment and both times
 */
export function checkAlignment(renditions: readonly IndexedRendition[], tolerances = defaultTolerances): void {
  const reference = renditions.find(hasVideo) ?? renditions[0];
  if (!reference) return;
  for (const rendition of renditions) {
    if (rendition === reference) continue;
    const pictures = hasVideo(rendition) && hasVideo(reference);
    const tolerance = pictures ? tolerances.video : tolerances.audio;
    // Sound that is cut by itself may end a segment after the picture, or before it: in no segment of them do players switch.
    const allowed = pictures ? 0 : 1;
    let done = 0;
    for (const [index, period] of rendition.periods.entries()) {
      const its = reference.periods[index] as IndexedPeriod;
      const place = { rendition: rendition.id, uri: rendition.uri };
      if (Math.abs(period.segments.length - its.segments.length) > allowed) {
        throw misaligned(`${period.segments.length} segments where ${reference.id} has ${its.segments.length}`, place);
      }
      comparePeriods(period, its, { tolerance, pictures, reference: reference.id, place, done });
      done += period.segments.length;
    }
  }
}

interface Comparison {
  /** seconds */
  readonly tolerance: number;
  /** Both are. */
  readonly pictures: boolean;
  readonly reference: string;
  readonly place: { readonly rendition: string; readonly uri: string };
  /** Segments of the periods before. */
  readonly done: number;
}

function comparePeriods(
  period: IndexedPeriod,
  its: IndexedPeriod,
  { tolerance, pictures, reference, place, done }: Comparison,
): void {
  let begun = false;
  for (let segment = 0; segment < Math.min(period.segments.length, its.segments.length); segment += 1) {
    const [own, other] = [extentOf(period, segment), extentOf(its, segment)];
    if (own.start === own.end || other.start === other.end) continue;
    // Where the media begin says nothing of where they are cut: sound begins later than the picture, and before a first key picture.
    const withinEachOther = own.start < other.end && other.start < own.end;
    const agree = Math.abs(own.start - other.start) <= tolerance || (!begun && !pictures && withinEachOther);
    begun = true;
    if (agree) continue;
    throw misaligned(
      `the segment starts at ${own.start.toFixed(3)} s, and at ${other.start.toFixed(3)} s in ${reference}; ${tolerance} s apart are allowed`,
      { ...place, segment: done + segment + 1 },
    );
  }
}

/** Seconds, of the leading track: video where there is one. */
function extentOf(
  { tracks, segments }: IndexedPeriod,
  segment: number,
): { readonly start: number; readonly end: number } {
  const { start, end } = segments[segment]?.tracks[0] ?? { start: 0, end: 0 };
  const timescale = tracks[0]?.timescale ?? 1;
  return { start: start / timescale, end: end / timescale };
}

/** @throws PackagerError when a rendition has more or fewer discontinuities than the first */
export function checkPeriodCounts(
  renditions: readonly { id: string; uri: string; periods: readonly unknown[] }[],
): void {
  const [first] = renditions;
  const other = renditions.find(({ periods }) => periods.length !== first?.periods.length);
  if (!first || !other) return;
  throw misaligned(`${other.periods.length - 1} discontinuities where ${first.id} has ${first.periods.length - 1}`, {
    rendition: other.id,
    uri: other.uri,
  });
}

function hasVideo({ periods }: IndexedRendition): boolean {
  return periods[0]?.tracks[0]?.kind === 'video';
}

function misaligned(reason: string, place: { rendition: string; uri: string; segment?: number }): PackagerError {
  return new PackagerError('source_misaligned', reason, place);
}
