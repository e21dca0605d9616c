/** How fast something goes, from what was seen of it. */
export interface Rate {
  /** of the unit */
  readonly perSecond: number;
  /** undefined where bytes are not counted */
  readonly bytesPerSecond: number | undefined;
  /** milliseconds; undefined while nothing moves */
  readonly timeLeft: number | undefined;
}

/** How far something was at a time. */
export interface Sample {
  /** milliseconds since 1970 */
  readonly at: number;
  readonly done: number;
  readonly total: number;
  readonly bytes: number | undefined;
}

export interface RateMeter {
  /** Remembers it for a while; what is older than what was told before is left out. */
  add(name: string, sample: Sample): void;
  forget(name: string): void;
  /** undefined until it was seen at two times */
  rate(name: string): Rate | undefined;
}

interface Seen {
  readonly kept: readonly Sample[];
  readonly last: Sample;
}

/** milliseconds that are looked back on: long enough for segments that come in bursts, short enough to follow a change */
const windowMs = 15_000;
/** milliseconds between samples that are kept, however often progress is told */
const sampleEvery = 250;

/** Remembers how far things are, by their names. */
export function rateMeter(): RateMeter {
  const known = new Map<string, Seen>();
  return {
    add(name, sample) {
      const seen = known.get(name);
      if (seen && sample.at <= seen.last.at) return;
      known.set(name, { kept: keptWith(seen, sample), last: sample });
    },
    forget: (name) => void known.delete(name),
    rate(name) {
      const seen = known.get(name);
      const first = seen?.kept[0];
      return first && seen.last.at > first.at ? rateBetween(first, seen.last) : undefined;
    },
  };
}

function keptWith(seen: Seen | undefined, sample: Sample): readonly Sample[] {
  // What begins anew counts from the start.
  if (!seen || sample.done < seen.last.done) return [sample];
  const recent = seen.kept.filter(({ at }) => at >= sample.at - windowMs);
  const newest = recent.at(-1);
  return newest && sample.at - newest.at < sampleEvery ? recent : [...recent, sample];
}

function rateBetween(first: Sample, last: Sample): Rate {
  const seconds = (last.at - first.at) / 1000;
  const perSecond = (last.done - first.done) / seconds;
  const counted = first.bytes !== undefined && last.bytes !== undefined;
  return {
    perSecond,
    bytesPerSecond: counted ? Math.max(0, (last.bytes - first.bytes) / seconds) : undefined,
    timeLeft: perSecond > 0 ? (Math.max(0, last.total - last.done) / perSecond) * 1000 : undefined,
  };
}
