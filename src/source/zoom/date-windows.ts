/** Days, `2026-11-22`, both ends included. */
export interface DateRange {
  readonly from: string;
  readonly to: string;
}

const day = 86_400_000;
/** Zoom lists a month at most; the shortest has 28 days. */
const longestDays = 28;

/**
 * The range in windows that Zoom takes, newest first. Widened by a day at both ends: whether Zoom counts days in UTC or in the account's time zone
 * is not documented.
 */
export function dateWindows({ from, to }: DateRange): DateRange[] {
  const first = Date.parse(from) - day;
  const windows: DateRange[] = [];
  for (let last = Date.parse(to) + day; last >= first; last -= longestDays * day)
    windows.push({ from: dayOf(Math.max(first, last - (longestDays - 1) * day)), to: dayOf(last) });
  return windows;
}

/** @param time milliseconds since 1970 */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
