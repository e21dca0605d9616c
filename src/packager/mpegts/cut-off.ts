import { PackagerError } from '../errors.js';
import type { IndexedSegment, PeriodFrame } from '../model/asset-index.js';
import type { Samples } from '../model/samples.js';
import type { Track } from '../model/track.js';

/**
 * Seconds that may be missing at the end of a segment in all of its tracks at once. A stream may lose a few pictures or frames; when sound
 * and picture both stop this long before the next segment begins, the segment was cut off between two packets, which nothing else shows.
 */
const longestHole = 0.5;

/**
 * Refuses a segment that ends before it should: at the start of the next one, as the index has it.
 * @throws PackagerError source_invalid
 */
export function refuseCutOff(
  samples: readonly Samples[],
  { period, segment }: { period: PeriodFrame; segment: IndexedSegment },
): void {
  const holes = period.tracks.flatMap((track, index) => {
    const { start, end } = segment.tracks[index] ?? { start: 0, end: 0 };
    const { decodeTimes } = samples[index] ?? { decodeTimes: [] };
    if (end === Infinity || end === start) return [];
    return [(end - (usualEnd(track, decodeTimes) ?? start)) / track.timescale];
  });
  refuseHole(Math.min(...holes));
}

/**
 * Refuses the last segment of a period that is shorter than its playlist says.
 * @param said EXTINF, seconds; whole ones may have been rounded, by up to half a second
 * @throws PackagerError source_invalid
 */
export function refuseShortEnd(
  said: number | undefined,
  { period, segment }: { period: PeriodFrame; segment: IndexedSegment },
): void {
  if (said === undefined) return;
  const lasting = period.tracks.map(({ timescale }, index) => {
    const { start, end } = segment.tracks[index] ?? { start: 0, end: 0 };
    return (end - start) / timescale;
  });
  const rounding = Number.isInteger(said) ? 0.5 : 0;
  refuseHole(said - rounding - Math.max(...lasting));
}

function refuseHole(seconds: number): void {
  if (!Number.isFinite(seconds) || seconds <= longestHole) return;
  throw new PackagerError(
    'source_invalid',
    `the segment is cut off: picture and sound end ${seconds.toFixed(3)} s early, and at most ${longestHole} s may be missing`,
  );
}

/** The last sample lasts as long as a frame, or as the longest picture before it; undefined when that cannot be told. */
function usualEnd(track: Track, decodeTimes: readonly number[]): number | undefined {
  const last = decodeTimes.at(-1);
  if (last === undefined) return undefined;
  if (track.kind === 'audio') return last + track.configuration.frameLength;
  let longest = 0;
  for (let i = 1; i < decodeTimes.length; i++) {
    longest = Math.max(longest, (decodeTimes[i] as number) - (decodeTimes[i - 1] as number));
  }
  return decodeTimes.length > 1 ? last + longest : Infinity;
}
