import { searchedHeads } from './caption-search.js';
import { type FragmentPeriod, readFragmentPeriod } from './fragment-period.js';
import { type PeriodReading, readStreams, type StreamPeriod } from './period-source.js';
import { EventBudget } from './found-events.js';
import type { SourceRendition, SourceSegment } from './source-rendition.js';

/** One period of one rendition, as far as reading heads tells. */
export type PeriodSource = StreamPeriod | FragmentPeriod;

/** Reads the heads of all segments of a rendition, period by period. @throws PackagerError */
export async function readPeriods(rendition: SourceRendition, reading: PeriodReading): Promise<PeriodSource[]> {
  const groups = splitAtDiscontinuities(rendition.segments);
  const withoutMap = groups.filter(([first]) => !first?.map);
  const read = await readStreams(rendition, withoutMap, reading);
  const streams = new Map(withoutMap.map((segments, index) => [segments, read[index]]));
  const periods: PeriodSource[] = [];
  const events = new EventBudget(reading.limits);
  // However many periods there are, the places that are searched for captions are no more than those of one.
  const places = Math.max(1, Math.floor(searchedHeads / groups.length));
  for (const [index, segments] of groups.entries()) {
    const stream = streams.get(segments);
    const captions = reading.captions?.wants(index, groups.length) ? reading.captions : undefined;
    periods.push(stream ?? (await readFragmentPeriod(rendition, segments, { ...reading, captions, places, events })));
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
