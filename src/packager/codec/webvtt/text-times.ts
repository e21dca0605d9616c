import { readTimestamp, writeTimestamp } from './timestamp.js';

const timestamps = /<((?:\d{1,6}:)?[0-5]\d:[0-5]\d\.\d{3})>/g;

/** Are there moments within the text, from which on what follows is shown? WebVTT §4.2.2 */
export function hasTimes(text: string): boolean {
  return text.search(timestamps) >= 0;
}

/** Cue text whose moments are later by so many ticks; those that would be before 0 are at 0. */
export function shiftTimes(text: string, ticks: number): string {
  if (ticks === 0) return text;
  return text.replace(
    timestamps,
    (_, time: string) => `<${writeTimestamp(Math.max(0, (readTimestamp(time) ?? 0) + ticks))}>`,
  );
}
