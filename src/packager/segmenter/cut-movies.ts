import { PackagerError } from '../errors.js';
import { planReads } from '../isobmff/plan-reads.js';
import type { SampleColumns } from '../isobmff/sample-columns.js';
import type { IndexedTrackSegment, TabledSegment } from '../model/asset-index.js';
import { commonTimes, everyStep, thinned } from './cut-times.js';
import type { IndexLimits } from './limits.js';
import { tableOf } from './sample-table.js';

/** A track on the period's time line. */
export interface UncutTrack {
  readonly kind: 'video' | 'audio';
  readonly id: number;
  readonly timescale: number;
  readonly columns: SampleColumns;
  readonly first: number;
  readonly end: number;
  /** Composition offset of the first sample: decode times are this much later, so that the first one is presented when it is decoded. */
  readonly delay: number;
  /** Decode time of the first sample on the period's time line, with the delay. */
  readonly start: number;
  readonly nalLengthSize?: 1 | 2;
  readonly inBandSets?: readonly Uint8Array[];
}

export interface UncutMovie {
  readonly id: string;
  readonly uri: string;
  /** Video first. */
  readonly tracks: readonly UncutTrack[];
}

export interface CutMovie {
  readonly segments: readonly TabledSegment[];
  readonly tracks: readonly CutTrack[];
}

/** What cutting learns of a track. */
export interface CutTrack {
  /** ticks of all its samples */
  readonly duration: number;
  readonly decodeShift: number;
}

/** Times agree within this: less than any frame lasts. Seconds. */
const tolerance = 0.01;

/**
 * Cuts all renditions at the same times: where the pictures of every one can be entered, in steps of a second where there is no picture.
 * @throws PackagerError source_too_large when a segment would be too large or there would be too many
 */
export function cutMovies(movies: readonly UncutMovie[], limits: IndexLimits): CutMovie[] {
  const placed = movies.map(({ id, uri, tracks }) => ({ id, uri, tracks: tracks.map(placeSamples) }));
  const times = cutTimes(
    placed.flatMap(({ tracks: [first] }) => (first ? picturesOf(first) : [])),
    extentOf(placed.flatMap(({ tracks }) => tracks)),
  );
  if (times.length >= limits.maximumSegments)
    throw new PackagerError(
      'source_too_large',
      `${times.length + 1} segments; maximumSegments is ${limits.maximumSegments}`,
    );
  return placed.map(({ id, uri, tracks }) => ({
    segments: segmentsOf(uri, tracks, { id, times, limit: limits.maximumSegmentBytes }),
    tracks: tracks.map(({ duration, decodeShift }) => ({ duration, decodeShift })),
  }));
}

/** Where the pictures of a track can be entered, and from where on there are only sounds: seconds. */
interface Pictures {
  readonly times: readonly number[];
  readonly end: number;
}

/** The last group of pictures stays whole, with its sound. A single picture that stands still has no other after it that would need it. */
function picturesOf({ entries, end, endTime }: PlacedTrack): Pictures[] {
  if (!entries) return [];
  const last = entries.at(-1);
  const standsStill = last !== undefined && last.sample + 1 === end;
  return [{ times: entries.map(({ time }) => time), end: standsStill ? last.time : endTime }];
}

function cutTimes(pictures: readonly Pictures[], { begin, end, samples }: Extent): number[] {
  const [reference, ...others] = pictures;
  if (!reference) return everyStep(begin, end, samples);
  const common = thinned(
    others.reduce((times, other) => commonTimes(times, other.times, tolerance), [...reference.times]),
  );
  const first = common[0] ?? end;
  return [
    ...everyStep(begin, first, samples),
    ...common.filter((time) => time > begin + tolerance),
    ...everyStep(Math.max(common.at(-1) ?? begin, ...pictures.map((each) => each.end)), end, samples),
  ];
}

interface PlacedTrack extends UncutTrack, CutTrack {
  /** seconds at which its last sample ends */
  readonly endTime: number;
  /** Video: the samples that it can be entered at. */
  readonly entries?: readonly Entry[];
}

interface Entry {
  readonly sample: number;
  /** Decode time, which is the presentation time in all but open groups of pictures; seconds. */
  readonly time: number;
  /** Pictures after it in decoding are presented before it: an open group of pictures, or one that looks like it. */
  readonly leading: boolean;
}

function placeSamples(track: UncutTrack): PlacedTrack {
  const { columns, first, end, start, delay, timescale, kind } = track;
  const entries: Entry[] = [];
  let time = start;
  let leastOffset = 0;
  let entered: { sample: number; time: number; presented: number; leading: boolean } | undefined;
  const close = () => entered && entries.push({ sample: entered.sample, time: entered.time, leading: entered.leading });
  for (let sample = first; sample < end; sample += 1) {
    const offset = columns.compositionOffsets[sample] as number;
    const presented = time + offset - delay;
    leastOffset = Math.min(leastOffset, offset);
    if (kind === 'video' && columns.sync[sample] === 1) {
      close();
      entered = { sample, time: time / timescale, presented, leading: false };
    } else if (entered && presented < entered.presented) entered.leading = true;
    time += columns.durations[sample] as number;
  }
  close();
  return {
    ...track,
    ...{ duration: time - start, endTime: time / timescale, decodeShift: delay - leastOffset },
    ...(kind === 'video' && { entries }),
  };
}

interface Extent {
  /** seconds */
  readonly begin: number;
  /** seconds */
  readonly end: number;
  /** Of all tracks: durations that a broken file makes up give no more segments than it has samples. */
  readonly samples: number;
}

function extentOf(tracks: readonly PlacedTrack[]): Extent {
  return {
    begin: Math.min(...tracks.map(({ start, timescale }) => start / timescale)),
    end: Math.max(...tracks.map(({ endTime }) => endTime)),
    samples: tracks.reduce((sum, track) => sum + track.end - track.first, 0),
  };
}

interface Cutting {
  readonly id: string;
  /** seconds */
  readonly times: readonly number[];
  /** bytes of a segment */
  readonly limit: number;
}

function segmentsOf(uri: string, tracks: readonly PlacedTrack[], { id, times, limit }: Cutting): TabledSegment[] {
  const parts = tracks.map((track) => trackParts(track, times));
  return [...times, Infinity].map((_, segment) => {
    const own = parts.map((part) => part[segment] as TrackPart);
    const samples = own.map(({ table }) => table);
    const [source, ...more] = planReads({ uri }, samples);
    const bytes = [source, ...more].reduce((sum, { length = 0 }) => sum + length, 0);
    if (bytes > limit)
      throw new PackagerError(
        'source_too_large',
        `${bytes} bytes between two key frames; maximumSegmentBytes is ${limit}, so key frames must come more often`,
        { rendition: id, uri, ...(source.offset !== undefined && { byteOffset: source.offset }) },
      );
    return { source, more, samples, tracks: own.map(({ indexed }) => indexed) };
  });
}

export interface TrackPart {
  readonly table: ReturnType<typeof tableOf>;
  readonly indexed: IndexedTrackSegment;
}

/** A track of a source that is cut already. @param ends of each segment: the number of its samples and those before */
export function cutAtSamples(track: UncutTrack, ends: readonly number[]): CutTrack & { readonly parts: TrackPart[] } {
  const placed = placeSamples(track);
  const { columns, entries, duration, decodeShift } = placed;
  const syncs = new Map(entries?.map((entry) => [entry.sample, entry]));
  let from = track.first;
  let start = track.start;
  const parts = ends.map((end): TrackPart => {
    const to = Math.min(Math.max(from, end), track.end);
    let time = start;
    for (let sample = from; sample < to; sample += 1) time += columns.durations[sample] as number;
    const sap = entries ? sapOf(syncs.get(from)) : 1;
    const part = {
      table: tableOf(placed, from, to),
      indexed: { start, end: time, sap: to > from ? sap : 0, skip: 0, carry: 0 } as const,
    };
    [from, start] = [to, time];
    return part;
  });
  return { duration, decodeShift, parts };
}

/** One part for each segment: before the first time, from each time to the next, after the last. */
function trackParts(track: PlacedTrack, times: readonly number[]): TrackPart[] {
  const parts: TrackPart[] = [];
  let from = track.first;
  let start = track.start;
  let entry = 0;
  for (const time of [...times, Infinity]) {
    const entered = track.entries?.[entry];
    const sap = track.entries ? sapOf(entered?.sample === from ? entered : undefined) : 1;
    let to = from;
    let end = start;
    if (track.entries) {
      while (entry < track.entries.length && (track.entries[entry] as Entry).time < time - tolerance) entry += 1;
      const limit = track.entries[entry]?.sample ?? track.end;
      for (; to < limit; to += 1) end += track.columns.durations[to] as number;
    } else {
      for (; to < track.end && end / track.timescale < time - rounding; to += 1)
        end += track.columns.durations[to] as number;
    }
    parts.push({
      table: tableOf(track, from, to),
      indexed: { start, end, sap: to > from ? sap : 0, skip: 0, carry: 0 },
    });
    from = to;
    start = end;
  }
  return parts;
}

/** Of seconds as floating point numbers: far less than a tick. */
const rounding = 1e-6;

function sapOf(entry: Entry | undefined): 0 | 1 | 3 {
  if (!entry) return 0;
  return entry.leading ? 3 : 1;
}
