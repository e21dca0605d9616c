import { InvalidArgumentError } from 'commander';
import { isCalendarDay } from '../domain/calendar-day.js';

/** What several commands take as the value of an option, each checked as it is read. */

/** `2026-09-01` */
export function date(text: string): string {
  if (!isCalendarDay(text)) throw new InvalidArgumentError('A date such as 2026-09-01 is allowed.');
  return text;
}

/** How many of a list. */
export function listLimit(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text) || Number(text) > 500) throw new InvalidArgumentError('1 to 500 are allowed.');
  return Number(text);
}

/** Digits of a meeting's number, as people write them. */
export function meetingId(text: string): string {
  const digits = text.replaceAll(/[\s-]/g, '');
  if (!/^\d{9,20}$/.test(digits)) throw new InvalidArgumentError("A meeting's number has 9 to 20 digits.");
  return digits;
}

export function identifier(text: string): string {
  if (/^[A-Za-z0-9_-]{1,256}$/.test(text)) return text;
  throw new InvalidArgumentError(`Allowed: letters, digits, _ and -, at most 256; given: ${text}.`);
}
