import type { SourceDateRange } from '../model/asset-index.js';
import type { DateOf } from './program-date-time.js';

/** A range of dates with its place on the time line. */
export interface PlannedDateRange extends SourceDateRange {
  /** Index of the period that it begins in. */
  readonly period: number;
  /** Ticks of 90 kHz on its time line. */
  readonly time: number;
}

/** Finds the period that each range begins in: the last one that has begun then; those before the first belong to it. */
export function placeDateRanges(
  ranges: readonly SourceDateRange[],
  periods: number,
  dateOf: DateOf,
): PlannedDateRange[] {
  const beginnings = Array.from({ length: periods }, (_, period) => dateOf(period, 0));
  return ranges.map((range) => {
    const period = Math.max(
      0,
      beginnings.findLastIndex((date) => date !== undefined && date <= range.start),
    );
    const milliseconds = range.start - (beginnings[period] ?? range.start);
    return { ...range, period, time: milliseconds * 90 };
  });
}
