import { PackagerError } from '../errors.js';
import type { UnitTime } from '../mpegts/mark-times.js';
import { unwrap } from '../timing/unwrap.js';
import type { StreamPeriod } from './period-source.js';

/** Between the heads of two segments time may go on by as much more than EXTINF says: a gap in the source. Seconds. */
const largestGap = 10;

/**
 * The first times of each segment's samples of one track, without wraps, ticks of 90 kHz.
 * @param reference a time of the same period; the first one of all is its own
 * @throws PackagerError when time does not go on from segment to segment
 */
export function unwrapHeads(period: StreamPeriod, track: number, reference: number): (UnitTime | undefined)[] {
  let near = reference;
  let previous: { dts: number; index: number } | undefined;
  return period.heads.map((head, index) => {
    const found = head.tracks[track];
    if (!found) return undefined;
    const dts = unwrap(found.dts, near);
    if (previous) checkStep(period, { from: previous, to: { dts, index } });
    near = dts;
    previous = { dts, index };
    return { dts, pts: unwrap(found.pts, dts) };
  });
}

interface Step {
  readonly from: { readonly dts: number; readonly index: number };
  readonly to: { readonly dts: number; readonly index: number };
}

function checkStep({ segments }: StreamPeriod, { from, to }: Step): void {
  const passed = (to.dts - from.dts) / 90_000;
  const durations = segments.slice(from.index, to.index).map(({ duration }) => duration);
  const said = durations.every((duration) => duration !== undefined)
    ? durations.reduce((sum, duration) => sum + duration, 0)
    : undefined;
  if (passed > 0 && (said === undefined || passed <= said + largestGap)) return;
  const segment = segments[to.index];
  throw new PackagerError(
    'source_invalid',
    `time stamps do not go on from segment to segment: ${passed.toFixed(3)} s later than the one before` +
      `${said === undefined ? '' : `, where EXTINF says ${said.toFixed(3)} s`}; a break needs EXT-X-DISCONTINUITY`,
    { ...(segment && { segment: segment.number, uri: segment.range.uri }) },
  );
}
