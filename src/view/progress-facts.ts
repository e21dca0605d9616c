import type { Rate } from './progress-rate.js';
import type { Quantities } from './quantities.js';

interface Progress {
  readonly done: number;
  readonly total: number;
  /** what is counted: `segments`, `bytes` */
  readonly unit: string;
  /** what else there is to say */
  readonly note?: string | undefined;
}

/** How far something is, how fast it goes and how long it will take: `124 of 200 segments`, `38 MiB/s`, `12 s left`. */
export function progressFacts(
  { done, total, unit, note }: Progress,
  rate: Rate | undefined,
  written: Quantities,
): string[] {
  const count = unit === 'bytes' ? [written.bytes(done), written.bytes(total)] : [done, total].map(written.count);
  return [
    `${count.join(' of ')}${unit === 'bytes' ? '' : ` ${unit}`}`,
    note,
    rate && speedOf(rate, unit, written),
    done < total && rate?.timeLeft !== undefined ? `${written.duration(rate.timeLeft)} left` : undefined,
  ].filter((fact) => fact !== undefined);
}

/** In bytes where they are counted: they compare with what a network and a disk can do. */
function speedOf({ perSecond, bytesPerSecond }: Rate, unit: string, written: Quantities): string | undefined {
  const bytes = unit === 'bytes' ? perSecond : bytesPerSecond;
  if (bytes !== undefined) return bytes > 0 ? `${written.bytes(bytes)}/s` : undefined;
  return perSecond > 0 ? `${written.decimal(perSecond)} ${unit}/s` : undefined;
}
