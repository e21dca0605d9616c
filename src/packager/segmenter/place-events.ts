import { parseSpliceInfo, shiftSplice } from '../codec/scte35/splice-info-section.js';
import type { IndexedPeriod, IndexedSegment } from '../model/asset-index.js';
import type { TimedMetadata } from '../model/timed-metadata.js';
import { rescale } from '../timing/timescale.js';
import { unwrap } from '../timing/unwrap.js';
import type { MovieEvent } from './movie-events.js';

/**
 * Lays the events of all renditions of a period into the segments of each: every one once, on the period's time line, in the segment that it
 * arrives in. What one rendition says of the programme holds for all.
 */
export function withEvents(periods: readonly IndexedPeriod[], events: readonly MovieEvent[]): IndexedPeriod[] {
  const [first] = periods;
  if (!first || events.length === 0) return [...periods];
  const own = eachOnce(events).map((event) => inPeriod(event, first.origin));
  const metadata = [...new Set(own.map(({ format }) => format))].map((format) => ({ format }));
  return periods.map((period) => ({ ...period, metadata, segments: placed(period, own) }));
}

/** In the order in which they arrive; of those that are repeated the first one, which in version 0 alone has the true time. */
function eachOnce(events: readonly MovieEvent[]): MovieEvent[] {
  const found = new Map<string, MovieEvent>();
  for (const event of events.toSorted((a, b) => a.arrival - b.arrival || a.time - b.time))
    if (!found.has(event.key)) found.set(event.key, event);
  return [...found.values()];
}

/** What arrives before the first picture does so with it. */
function inPeriod({ format, time, arrival, data }: MovieEvent, origin: number): TimedMetadata {
  const within = Math.max(0, arrival - origin);
  if (format === 'id3') return { format, time: within, arrival: within, data };
  return { format, time: time - origin, arrival: within, data: withPtsTime(data, time) };
}

/** Ticks of 90 kHz that are no difference: there are writers that count events in milliseconds. */
const sameTime = 90;

/** The message with that time on the clock that is the period's origin at its time 0, as messages of transport streams have it. */
function withPtsTime(section: Uint8Array, time: number): Uint8Array {
  const { ptsTime } = parseSpliceInfo(section);
  const off = ptsTime === undefined ? 0 : unwrap(ptsTime, time) - time;
  return Math.abs(off) <= sameTime ? section : shiftSplice(section, -off);
}

/** @param events in the order in which they arrive */
function placed({ segments, tracks: [main] }: IndexedPeriod, events: readonly TimedMetadata[]): IndexedSegment[] {
  const starts = segments.flatMap(({ tracks: [track] }, index) =>
    track && track.end > track.start ? [{ index, start: rescale(track.start, main?.timescale ?? 1, 90_000) }] : [],
  );
  const bySegment = new Map<number, TimedMetadata[]>();
  let at = 0;
  for (const event of events) {
    // Both are rounded: what arrives with the first picture may seem to be a tick before it.
    while ((starts[at + 1]?.start ?? Infinity) <= event.arrival + 1) at += 1;
    const index = starts[at]?.index ?? 0;
    const own = bySegment.get(index);
    if (own) own.push(event);
    else bySegment.set(index, [event]);
  }
  return segments.map((segment, index) => {
    const own = bySegment.get(index);
    return own && segment.samples ? { ...segment, events: own } : segment;
  });
}
