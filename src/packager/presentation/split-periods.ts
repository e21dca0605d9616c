import { rescale } from '../timing/timescale.js';
import type { AdBreak } from './ad-breaks.js';
import type { ListedPeriod, PlannedPeriod, Presentation } from './presentation.js';
import type { Cue } from './splice-cues.js';

/** A stretch of a period of the presentation, for a Period of its own. */
export interface PeriodPart {
  readonly duration: number;
  /** Seconds of media at its start. */
  readonly offset: number;
  /** It goes on where the part before ends. */
  readonly continues: boolean;
  /** Messages that take effect in it. */
  readonly cues: readonly Cue[];
}

export interface SplitPresentation {
  /** With as many periods as there are parts. */
  readonly presentation: Presentation;
  readonly parts: readonly PeriodPart[];
}

/**
 * PeriodTriggers ADS: periods end where a break begins and where it ends. Media stays as it is, with its times and numbers: a Period says which media
 * time it begins with. Segments of sound that lie across a cut belong to where their greater part is, and to both where more than players bridge
 * would be missing: what is outside of a Period is not played.
 * @param breaks of each period of the presentation
 */
export function splitPeriods(presentation: Presentation, breaks: readonly (readonly AdBreak[])[]): SplitPresentation {
  const perPeriod = presentation.periods.map((period, index) => partsOf(period, breaks[index] ?? []));
  const split = <T extends ListedPeriod>(periods: readonly T[]): T[] =>
    periods.flatMap((period, index) =>
      (perPeriod[index] ?? []).map((part, nth, all) => partOf(period, part, all[nth + 1])),
    );
  return {
    presentation: {
      ...presentation,
      periods: perPeriod.flatMap((parts, index) =>
        parts.map(({ duration }) => ({ duration, clock: presentation.periods[index]?.clock ?? 0 })),
      ),
      tracks: presentation.tracks.map((track) => ({
        ...track,
        periods: split(track.periods),
        muxed: [],
      })),
      texts: presentation.texts.map((text) => ({ ...text, periods: split(text.periods) })),
    },
    parts: perPeriod.flat(),
  };
}

/** Seconds without sound at the start or end of a Period that players play over. */
const bridged = 0.1;

function partsOf({ duration }: PlannedPeriod, breaks: readonly AdBreak[]): PeriodPart[] {
  const cues = new Map<number, Cue[]>([[0, []]]);
  // Sound begins some milliseconds before the first picture: a Period of that alone would hold no segment, which none may (ISO/IEC 23009-1 §5.3.2.2).
  const add = (cut: number, cue?: Cue) => {
    const at = cut > bridged ? cut : 0;
    cues.set(at, [...(cues.get(at) ?? []), ...(cue ? [cue] : [])]);
  };
  for (const { cue, closing, from, to } of breaks) {
    add(from, cue);
    if (to !== undefined) add(to, closing);
  }
  const starts = [...cues.keys()].filter((start) => start < duration).sort((a, b) => a - b);
  return starts.map((offset, index) => ({
    offset,
    duration: (starts[index + 1] ?? duration) - offset,
    continues: index > 0,
    cues: cues.get(offset) ?? [],
  }));
}

function partOf<T extends ListedPeriod>(period: T, { offset }: PeriodPart, next: PeriodPart | undefined): T {
  const { timescale } = period.track;
  const from = offset === 0 ? -Infinity : offset;
  const to = next?.offset ?? Infinity;
  const isIn = ({ start, end }: T['segments'][number]) => {
    const middle = (start + end) / 2 / timescale;
    if (middle >= from && middle < to) return true;
    return Math.min(end / timescale, to) - Math.max(start / timescale, from) > bridged;
  };
  return { ...period, segments: period.segments.filter(isIn) };
}

/** Ticks of a track that play at the start of the part. */
export function presentationTimeOffset({ offset }: Pick<PeriodPart, 'offset'>, timescale: number): number {
  return rescale(Math.round(offset * 90_000), 90_000, timescale);
}
