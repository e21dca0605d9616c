import type { ListedPeriod, Presentation } from './presentation.js';
import { type Cue, leadingTrack } from './splice-cues.js';

/** A stretch of advertisements between two cuts of the leading track. */
export interface AdBreak {
  /** The cue that opens it. */
  readonly cue: Cue;
  /** The cue that closes it; absent: its duration does, or the end of the period. */
  readonly closing?: Cue;
  /** Ticks of 90 kHz where it begins and ends, as the messages say; without an end it lasts to the end of the period. */
  readonly start: number;
  readonly end?: number;
  /** Seconds of the segments' cuts that are nearest to that. */
  readonly from: number;
  readonly to?: number;
}

/** The breaks of each period, one after the other. Where segments are not cut at a splice, the nearest cut stands for it. */
export function adBreaks(presentation: Presentation, cues: readonly (readonly Cue[])[]): AdBreak[][] {
  const leading = leadingTrack(presentation);
  return cues.map((ofPeriod, index) => {
    const period = leading?.periods[index];
    const end = (period?.segments.at(-1)?.end ?? 0) / (period?.track.timescale ?? 1);
    return inTurn(breaksOf(ofPeriod).flatMap((each) => placed(each, startsOf(period), end) ?? []));
  });
}

/** Seconds at which the segments begin. */
export function startsOf(period: ListedPeriod | undefined): number[] {
  return (period?.segments ?? []).map(({ start }) => start / (period?.track.timescale ?? 1));
}

/** Index of the time that is nearest, found by halving; the later of two. @param times ascending */
export function nearest(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) <= time) low = middle + 1;
    else high = middle;
  }
  const before = Math.max(0, low - 1);
  const [earlier, later] = [times[before] ?? -Infinity, times[low] ?? Infinity];
  return Math.abs(later - time) <= Math.abs(earlier - time) ? low : before;
}

type OpenBreak = Pick<AdBreak, 'cue' | 'start'>;
type ClosedBreak = Omit<AdBreak, 'from' | 'to'>;

/**
 * Pairs the cues. A break is closed by a cue of its own kind, else by its duration where the next one opens or nothing follows; what opens
 * within an open break is part of it.
 * @param cues in the order of their times
 */
export function breaksOf(cues: readonly Cue[]): ClosedBreak[] {
  const breaks: ClosedBreak[] = [];
  let open: OpenBreak | undefined;
  for (const cue of cues) {
    const due = open && dueEnd(open);
    if (open && due !== undefined && due <= cue.time && (cue.out || open.cue.autoReturn)) {
      breaks.push({ ...open, end: due });
      open = undefined;
    }
    if (cue.out) open ??= { cue, start: cue.time };
    else if (open?.cue.typeId === cue.typeId && open) {
      breaks.push({ ...open, closing: cue, end: cue.time });
      open = undefined;
    }
  }
  if (!open) return breaks;
  const due = dueEnd(open);
  return [...breaks, { ...open, ...(due !== undefined && { end: due }) }];
}

function dueEnd({ start, cue: { duration } }: OpenBreak): number | undefined {
  return duration === undefined ? undefined : start + duration;
}

/** At the cuts; undefined for what begins where nothing is left. @param end of the last segment, seconds: a cut, too */
function placed(each: ClosedBreak, cuts: readonly number[], end: number): AdBreak | undefined {
  const middle = ((cuts.at(-1) ?? 0) + end) / 2;
  if (each.start / 90_000 > middle) return undefined;
  const first = nearest(cuts, each.start / 90_000);
  const from = cuts[first];
  if (from === undefined) return undefined;
  if (each.end === undefined) return { ...each, from };
  const last = Math.max(first + 1, nearest(cuts, each.end / 90_000));
  const to = each.end / 90_000 > middle ? undefined : cuts[last];
  return { ...each, from, ...(to !== undefined && { to }) };
}

/** One that would begin before the one before it ends, since both moved to a cut, begins there. */
function inTurn(breaks: readonly AdBreak[]): AdBreak[] {
  const all: AdBreak[] = [];
  for (const each of breaks) {
    const before = all.at(-1);
    const from = before ? Math.max(each.from, before.to ?? Infinity) : each.from;
    if (Number.isFinite(from) && (each.to === undefined || each.to > from)) all.push({ ...each, from });
  }
  return all;
}
