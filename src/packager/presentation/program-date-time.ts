import { PackagerError } from '../errors.js';
import type { AssetIndex, IndexedPeriod } from '../model/asset-index.js';
import { readDateTime } from '../timing/date-time.js';

/** What date a moment of a period has: milliseconds since 1970, undefined where the source says nothing. @param time seconds */
export type DateOf = (period: number, time: number) => number | undefined;

interface KnownDate {
  /** seconds on the period's time line */
  readonly time: number;
  /** milliseconds since 1970 */
  readonly date: number;
}

/**
 * Dates for every moment, from the source's EXT-X-PROGRAM-DATE-TIME: the last one before, counted on; before the first one, counted back.
 * @throws PackagerError configuration_unsupported when the source has none; source_invalid when one is not a date
 */
export function programDates(index: AssetIndex): DateOf {
  const periods = (index.renditions[0]?.periods ?? []).map((_, period) => {
    // All renditions share the period's time line, so the first that has dates serves them all.
    for (const rendition of index.renditions) {
      const known = knownDates(rendition.periods[period]);
      if (known.length > 0) return known;
    }
    return [];
  });
  if (periods.every((known) => known.length === 0))
    throw new PackagerError(
      'configuration_unsupported',
      'ProgramDateTimeIntervalSeconds needs a source with EXT-X-PROGRAM-DATE-TIME',
      { field: 'ProgramDateTimeIntervalSeconds' },
    );
  return (period, time) => {
    const known = periods[period] ?? [];
    const last = known[Math.max(0, lastAtOrBefore(known, time))];
    return last && last.date + Math.round((time - last.time) * 1000);
  };
}

function knownDates(period: IndexedPeriod | undefined): KnownDate[] {
  return (period?.segments ?? []).flatMap(({ programDateTime, tracks, source }) => {
    if (programDateTime === undefined) return [];
    const date = readDateTime(programDateTime);
    if (Number.isNaN(date))
      throw new PackagerError('source_invalid', `EXT-X-PROGRAM-DATE-TIME is not a date: ${programDateTime}`, {
        uri: source.uri,
      });
    return [{ time: (tracks[0]?.start ?? 0) / (period?.tracks[0]?.timescale ?? 1), date }];
  });
}

/** Binary search; -1 when all are later. */
function lastAtOrBefore(known: readonly KnownDate[], time: number): number {
  let [low, high] = [0, known.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((known[middle]?.time ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
