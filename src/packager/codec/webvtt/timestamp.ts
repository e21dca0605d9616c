import { textTimescale } from '../../model/text.js';

const ticksPerMillisecond = textTimescale / 1000;

/** WebVTT timestamp in ticks; undefined for what is none. Hours may be left out, and written with one digit, which §6.3 reads and §4.3 does not allow. */
export function readTimestamp(text: string): number | undefined {
  const match = /^(?:(\d{1,6}):)?([0-5]\d):([0-5]\d)\.(\d{3})$/.exec(text);
  if (!match) return undefined;
  const [hours = 0, minutes = 0, seconds = 0, milliseconds = 0] = match.slice(1).map((digits) => Number(digits ?? 0));
  return (((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds) * ticksPerMillisecond;
}

/** To the nearest millisecond, with hours. @param ticks zero or more */
export function writeTimestamp(ticks: number): string {
  const total = Math.round(ticks / ticksPerMillisecond);
  const [hours, minutes, seconds] = [total / 3_600_000, (total / 60_000) % 60, (total / 1000) % 60].map((part) =>
    String(Math.floor(part)).padStart(2, '0'),
  );
  return `${hours}:${minutes}:${seconds}.${String(total % 1000).padStart(3, '0')}`;
}
