import { type FragmentPeriod, readFragmentPeriod } from './fragment-period.js';
import { type PeriodReading, readStreams, type StreamPeriod } from './period-source.js';
import type { SourceRendition, SourceSegment } from './source-rendition.js';

/** One period of one rendition, as far as reading heads tells. */
export type PeriodSource = StreamPeriod | FragmentPeriod;

/** Reads the heads of all segments of a rendition, period by period. @throws PackagerError */
export async function readPeriods(rendition: SourceRendition, reading: PeriodReading): Promise<PeriodSource[]> {
  const groups = splitAtDiscontinuities(rendition.segments);
  const withoutMap = groups.filter(([first]) => !first?.map);
  const streams = await readStreams(rendition, withoutMap, reading);
  const periods: PeriodSource[] = [];
  for (const segments of groups) {
    const stream = streams[withoutMap.indexOf(segments)];
    periods.push(stream ?? (await readFragmentPeriod(rendition, segments, reading)));
  }
  return periods;
}

function splitAtDiscontinuities(segments: readonly SourceSegment[]): SourceSegment[][] {
  const groups: SourceSegment[][] = [];
  for (const segment of segments) {
    if (segment.discontinuity || groups.length === 0) groups.push([segment]);
    else groups.at(-1)?.push(segment);
  }
  return groups;
}
