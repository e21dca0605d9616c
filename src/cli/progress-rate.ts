import type { Measure } from './measure.js';

/** How fast something goes, from what was seen of it. */
export interface Rate {
  /** of the unit */
  readonly perSecond: number;
  /** undefined where bytes are not counted */
  readonly bytesPerSecond: number | undefined;
  /** milliseconds; undefined while nothing moves */
  readonly timeLeft: number | undefined;
}

interface Sample {
  readonly at: number;
  readonly done: number;
  readonly bytes: number | undefined;
}

/** milliseconds that are looked back on: long enough for segments that come in bursts, short enough to follow a change */
const windowMs = 15_000;
/** milliseconds between samples that are kept, however often progress is told */
const sampleEvery = 250;

/** Remembers for a while what it is told of each name. @returns the rate, as soon as it was seen to move */
export function rateMeter(now: () => number): (measure: Measure) => Rate | undefined {
  const known = new Map<string, readonly Sample[]>();
  return ({ name, done, total, bytes }) => {
    const sample = { at: now(), done, bytes };
    const before = known.get(name) ?? [];
    const last = before.at(-1);
    // What begins anew counts from the start.
    const kept = last && done < last.done ? [] : before.filter(({ at }) => at >= sample.at - windowMs);
    if (kept.length === 0 || sample.at - kept.at(-1)!.at >= sampleEvery) known.set(name, [...kept, sample]);
    const [first] = kept;
    return first && sample.at > first.at ? rateBetween(first, sample, total) : undefined;
  };
}

function rateBetween(first: Sample, last: Sample, total: number): Rate {
  const seconds = (last.at - first.at) / 1000;
  const perSecond = (last.done - first.done) / seconds;
  const counted = first.bytes !== undefined && last.bytes !== undefined;
  return {
    perSecond,
    bytesPerSecond: counted ? Math.max(0, (last.bytes - first.bytes) / seconds) : undefined,
    timeLeft: perSecond > 0 ? (Math.max(0, total - last.done) / perSecond) * 1000 : undefined,
  };
}
