import type { Quantities } from '../src/view/quantities';

const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const units = ['B', 'kB', 'MB', 'GB', 'TB'];

export function formatNumber(value: number): string {
  return number.format(value);
}

/** 1000 bytes are a kilobyte, as disks and networks count. */
export function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${number.format(bytes / 1000 ** power)} ${units[power]}`;
}

/** @param milliseconds `3 h 5 min`, `12 min 4 s`, `8 s`, `0.4 s` */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${number.format(Math.max(0, milliseconds) / 1000)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([value]) => value > 0);
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ');
}

/** As this browser writes what command line and dashboard say alike. */
export const quantities: Quantities = {
  count: formatNumber,
  decimal: formatNumber,
  bytes: formatBytes,
  duration: formatDuration,
};

/** The zone that times are shown in: the one of whoever looks. */
export const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const timeOnly = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** Today's times without their day. */
export function formatTime(iso: string, now: Date = new Date()): string {
  const time = new Date(iso);
  return (time.toDateString() === now.toDateString() ? timeOnly : dayAndTime).format(time);
}

/** `kind` of a job in words. */
export function formatKind(kind: string): string {
  return capitalized(kind.replaceAll('-', ' '));
}

export function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
