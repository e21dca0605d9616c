import { type AdBreak, nearest, startsOf } from './ad-breaks.js';
import type { ListedPeriod } from './presentation.js';

/** Tags before a segment, by its index. */
export type MarkersAt = ReadonlyMap<number, readonly string[]>;

/**
 * AdMarkers SCTE35_ENHANCED, as MediaPackage writes it: at the first segment of a break EXT-OATCLS-SCTE35 with the message, EXT-X-ASSET with what is
 * shown, EXT-X-CUE-OUT with seconds; EXT-X-CUE-OUT-CONT at each further one; EXT-X-CUE-IN at the first one after it.
 */
export function enhancedMarkers(period: ListedPeriod, breaks: readonly AdBreak[]): MarkersAt {
  const starts = startsOf(period);
  const markers = new Map<number, string[]>();
  const add = (index: number, ...tags: readonly string[]) =>
    markers.set(index, [...(markers.get(index) ?? []), ...tags]);
  const end = (period.segments.at(-1)?.end ?? 0) / period.track.timescale;
  for (const { cue, from, to, start, end: until } of breaks) {
    const first = nearest(starts, from);
    const after = to === undefined ? starts.length : nearest(starts, to);
    const duration = (cue.duration ?? (until ?? end * 90_000) - start) / 90_000;
    const { section, asset } = cue;
    add(
      first,
      ...(section === undefined ? [] : [`EXT-OATCLS-SCTE35:${section}`]),
      ...(asset === undefined ? [] : [`EXT-X-ASSET:${asset}`]),
      `EXT-X-CUE-OUT:${seconds(duration)}`,
    );
    for (let index = first + 1; index < after; index += 1) {
      const elapsed = (starts[index] ?? 0) - (starts[first] ?? 0);
      const message = section === undefined ? '' : `,SCTE35=${section}`;
      add(index, `EXT-X-CUE-OUT-CONT:ElapsedTime=${seconds(elapsed)},Duration=${seconds(duration)}${message}`);
    }
    if (after < starts.length) add(after, 'EXT-X-CUE-IN');
  }
  return markers;
}

function seconds(value: number): string {
  return String(Number(value.toFixed(3)));
}
