export const dayNames = {
  ...{ M: 'Monday', T: 'Tuesday', W: 'Wednesday', R: 'Thursday', F: 'Friday', S: 'Saturday', U: 'Sunday' },
} as const;

/** The instant at which a day of this browser's time zone begins, or one `days` after it. @param date `2026-11-20` @returns undefined: it is no date */
export function beginOfDay(date: string, days = 0): string | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date) ?? [];
  if (day === undefined) return undefined;
  // Days are not all of 24 hours: the calendar counts them.
  const begin = new Date(Number(year), Number(month) - 1, Number(day) + days);
  return Number.isNaN(begin.getTime()) ? undefined : begin.toISOString();
}
