import { PackagerError } from '../errors.js';
import type { ListedPeriod, ListedStream, PlannedPeriod } from './presentation.js';

/**
 * SegmentTemplate@duration for NUMBER_WITH_DURATION, in ticks: a player takes segment n to begin at (n - 1) * duration, and the period to
 * have ceil(period / duration) of them, so both must hold.
 * @throws PackagerError configuration_unsupported when the source has several periods, or a segment other than the last differs by more
 *   than half from the duration, or begins by more than half a duration off its place
 */
export function nominalDurations(track: ListedStream, periods: readonly PlannedPeriod[]): number[] {
  if (periods.length > 1) throw refused(`a source without discontinuities is needed; given: ${periods.length} parts`);
  return track.periods.map((period, index) => nominalDuration(track.id, period, periods[index]?.duration ?? 0));
}

function nominalDuration(id: string, { segments, track }: ListedPeriod, periodSeconds: number): number {
  const count = segments.length;
  // The MPD says durations to the microsecond: rounded up, so that a player does not expect one segment more.
  const whole = (periodSeconds + 1e-6) * track.timescale;
  const untilLast = segments.at(-1)?.start ?? 0;
  const duration = Math.max(Math.ceil(whole / count), count > 1 ? Math.round(untilLast / (count - 1)) : 0);
  for (const [index, { start, end, number }] of segments.entries()) {
    const off = Math.abs(start - index * duration);
    const isLast = index === count - 1;
    if (off > duration / 2 || (!isLast && Math.abs(end - start - duration) > duration / 2))
      throw refused(
        `segments must be regular, each within half of the duration; segment ${number} of ${id} lasts ` +
          `${seconds(end - start, track.timescale)} s from ${seconds(start, track.timescale)} s, ` +
          `where the duration is ${seconds(duration, track.timescale)} s`,
      );
  }
  if (Math.ceil(whole / duration) !== count)
    throw refused(`${id} has ${count} segments, where a player would expect ${Math.ceil(whole / duration)}`);
  return duration;
}

function seconds(ticks: number, timescale: number): string {
  return (ticks / timescale).toFixed(3);
}

function refused(reason: string): PackagerError {
  return new PackagerError('configuration_unsupported', `NUMBER_WITH_DURATION: ${reason}`, {
    field: 'DashPackage.SegmentTemplateFormat',
  });
}
