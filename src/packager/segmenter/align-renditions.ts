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
 * Renditions must have the same periods and segments, so that players can switch at each. Sound may begin, end and pause when it likes: in a
 * source that is cut here it has no samples in some segments then, and elsewhere it lacks them.
 * @throws PackagerError naming rendition, segment and both times
 */
export function checkAlignment(renditions: readonly IndexedRendition[], tolerances = defaultTolerances): void {
  const reference = renditions.find(hasVideo) ?? renditions[0];
  if (!reference) return;
  for (const rendition of renditions) {
    if (rendition === reference) continue;
    const pictures = hasVideo(rendition) && hasVideo(reference);
    let done = 0;
    for (const [index, period] of rendition.periods.entries()) {
      const its = reference.periods[index] as IndexedPeriod;
      const place = { rendition: rendition.id, uri: rendition.uri };
      const comparison = { tolerances, reference: reference.id, place, done };
      if (pictures) comparePictures(period, its, comparison);
      else compareSound(period, its, comparison);
      done += period.segments.length;
    }
  }
}

interface Comparison {
  readonly tolerances: AlignmentTolerances;
  readonly reference: string;
  readonly place: { readonly rendition: string; readonly uri: string };
  /** Segments of the periods before. */
  readonly done: number;
}

/** Segment by segment: players switch at each. */
function comparePictures(period: IndexedPeriod, its: IndexedPeriod, comparison: Comparison): void {
  const { tolerances, reference, place } = comparison;
  if (period.segments.length !== its.segments.length)
    throw misaligned(`${period.segments.length} segments where ${reference} has ${its.segments.length}`, place);
  for (const segment of period.segments.keys()) {
    const [own, other] = [extentOf(period, segment), extentOf(its, segment)];
    if (isEmpty(own) || isEmpty(other) || Math.abs(own.start - other.start) <= tolerances.video) continue;
    throw apart({ own, other, segment }, tolerances.video, comparison);
  }
}

/** In no segment do players switch from sound to pictures: each has its own among theirs, in order, or comes after all of them. */
function compareSound(period: IndexedPeriod, its: IndexedPeriod, comparison: Comparison): void {
  const tolerance = comparison.tolerances.audio;
  const others = its.segments.map((_, segment) => extentOf(its, segment)).filter((other) => !isEmpty(other));
  const end = others.at(-1)?.end ?? 0;
  let [begun, next] = [false, 0];
  for (const segment of period.segments.keys()) {
    const own = extentOf(period, segment);
    const other = others[next];
    if (isEmpty(own) || !other) continue;
    // Where the media begin says nothing of where they are cut: sound begins late, also after a pause, and before a first key picture.
    const agrees = (each: Extent) =>
      Math.abs(own.start - each.start) <= tolerance ||
      (own.start < each.end && (begun ? each.start < own.start : each.start < own.end));
    let found = next;
    for (let each = others[found]; each && !agrees(each); each = others[found]) found += 1;
    if (found === others.length && (!begun || own.start < end - tolerance))
      throw apart({ own, other, segment }, tolerance, comparison);
    begun = true;
    next = found + 1;
  }
}

interface Extent {
  readonly start: number;
  readonly end: number;
}

function isEmpty({ start, end }: Extent): boolean {
  return start === end;
}

/** Seconds, of the leading track: video where there is one. */
function extentOf({ tracks, segments }: IndexedPeriod, segment: number): Extent {
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

function apart(
  { own, other, segment }: { readonly own: Extent; readonly other: Extent; readonly segment: number },
  tolerance: number,
  { reference, place, done }: Comparison,
): PackagerError {
  return misaligned(
    `the segment starts at ${own.start.toFixed(3)} s, and at ${other.start.toFixed(3)} s in ${reference}; ${tolerance} s apart are allowed`,
    { ...place, segment: done + segment + 1 },
  );
}

function misaligned(reason: string, place: { rendition: string; uri: string; segment?: number }): PackagerError {
  return new PackagerError('source_misaligned', reason, place);
}
