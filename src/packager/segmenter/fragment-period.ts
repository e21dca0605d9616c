import { PackagerError } from '../errors.js';
import { addFragment } from '../isobmff/fragments.js';
import type { SampleColumns } from '../isobmff/sample-columns.js';
import type { SourceRange } from '../model/source-reader.js';
import { within } from './box-window.js';
import { earliestTimes, sampleCounts } from './earliest-times.js';
import { EventBudget, type FoundEvent } from './found-events.js';
import { type MovieEvent, movieEvents } from './movie-events.js';
import { checkPlaces, type MediaTrack, type OpenMovie } from './movie-track.js';
import { openTexts, type TextTrack } from './open-texts.js';
import { openTracks } from './open-tracks.js';
import { located, type PeriodReading } from './period-source.js';
import { type FragmentHeaders, readFragmentHeaders } from './read-fragments.js';
import { goesOn, type ReadMap, readMap } from './read-map.js';
import { searchMovie } from './search-movie.js';
import type { SourceRendition, SourceSegment } from './source-rendition.js';

/** One period of one rendition of fragmented MP4: what all of its fragments say of their samples. */
export interface FragmentPeriod {
  readonly format: 'fragments';
  readonly segments: readonly SourceSegment[];
  /** Video first. */
  readonly tracks: readonly MediaTrack[];
  /** Of each track: for each segment, the number of its samples and those before. */
  readonly boundaries: readonly (readonly number[])[];
  /** Beside video and audio. */
  readonly texts: readonly TextTrack[];
  readonly events: readonly MovieEvent[];
  readonly notes: readonly string[];
}

/** Segments whose headers are held at once: they are added in order, and read together. */
const batch = 64;

/** Reads the maps of a period and the headers of all its segments. @throws PackagerError naming the segment */
export async function readFragmentPeriod(
  rendition: SourceRendition,
  segments: readonly SourceSegment[],
  reading: PeriodReading,
): Promise<FragmentPeriod> {
  const { movie, boundaries } = await gatherFragments(rendition, segments, reading);
  const notes: string[] = [];
  const options = { limits: reading.limits, notes };
  const tracks = await openTracks(movie, options);
  const ends = tracks.map(({ id }) => boundaries.get(id) ?? []);
  const endOf = (sample: number) => ends[0]?.find((end) => sample < end) ?? Infinity;
  await searchMovie({ file: movie, track: tracks[0], endOf }, reading);
  return {
    ...{ format: 'fragments', segments, notes, tracks },
    boundaries: ends,
    texts: await openTexts(movie, options),
    events: movieEvents(movie, tracks, notes),
  };
}

export type GatherReading = Pick<PeriodReading, 'reader' | 'limits' | 'signal' | 'run' | 'events'>;

interface GatheredFragments {
  readonly movie: OpenMovie;
  /** By track_ID: for each segment, the number of its samples and those before. */
  readonly boundaries: ReadonlyMap<number, readonly number[]>;
}

/** All samples of segments that go on in one another. @throws PackagerError naming the segment */
export async function gatherFragments(
  rendition: Pick<SourceRendition, 'id' | 'uri'>,
  segments: readonly SourceSegment[],
  reading: GatherReading,
): Promise<GatheredFragments> {
  const [first] = segments as [SourceSegment];
  const maps = await readMaps(rendition, segments, reading);
  const { movie, tracks } = maps.get(first.map as SourceRange) as ReadMap;
  const gathered = new Map([...tracks].map(([id]) => [id, [] as number[]]));
  const ends: number[] = [];
  const found: FoundEvent[] = [];
  const { events = new EventBudget(reading.limits) } = reading;
  for (let from = 0; from < segments.length; from += batch) {
    const some = segments.slice(from, from + batch);
    const headers = await reading.run(some, (segment) =>
      located(rendition, segment, () => readFragmentHeaders(segment.range, { ...reading, events })),
    );
    for (const [index, segment] of some.entries()) {
      const read = headers[index] as FragmentHeaders;
      const { defaults } = (maps.get(segment.map as SourceRange) as ReadMap).movie;
      const before = sampleCounts(tracks);
      await located(rendition, segment, () =>
        Promise.resolve(addSegment(read, segment, { tracks, defaults }, reading)),
      );
      for (const [id, boundaries] of gathered) boundaries.push(tracks.get(id)?.columns.count ?? 0);
      ends.push(read.end);
      const earliest = read.messages.length > 0 ? earliestTimes(tracks, before) : new Map<number, number>();
      for (const message of read.messages) found.push({ message, earliest });
    }
  }
  const columns = new Map([...tracks].map(([id, track]) => [id, track.columns]));
  for (const [id, of] of columns) checkWithin(of, id, { segments, ends, boundaries: gathered.get(id) ?? [] });
  const { reader, signal } = reading;
  const segmentAt = (of: SampleColumns, sample: number) => segmentOf(gathered.get(idOf(columns, of)) ?? [], sample);
  const readSample: OpenMovie['readSample'] = (of, sample, limit) => {
    const { range } = segments[segmentAt(of, sample)] ?? first;
    const place = { offset: of.positions[sample] ?? 0, length: of.sizes[sample] ?? 0 };
    return reader.read({ ...range, ...place }, { limit, ...(signal && { signal }) });
  };
  const readFrom: OpenMovie['readFrom'] = (of, sample, length) => {
    const segment = segmentAt(of, sample);
    const { range } = segments[segment] ?? first;
    const offset = of.positions[sample] ?? 0;
    const place = { offset, length: Math.min(length, (ends[segment] ?? 0) - offset) };
    return reader.read({ ...range, ...place }, signal && { signal });
  };
  return { movie: { uri: rendition.uri, movie, columns, events: found, readSample, readFrom }, boundaries: gathered };
}

/** Each once. @throws PackagerError when one does not go on where the first ended */
async function readMaps(
  rendition: Pick<SourceRendition, 'id'>,
  segments: readonly SourceSegment[],
  reading: GatherReading,
): Promise<Map<SourceRange, ReadMap>> {
  const maps = new Map<SourceRange, ReadMap>();
  let first: ReadMap | undefined;
  for (const segment of segments) {
    const { map } = segment;
    if (!map)
      throw new PackagerError(
        'source_invalid',
        'EXT-X-MAP does not apply to this segment, and does to others of the same part; a change of format needs EXT-X-DISCONTINUITY',
        { uri: segment.range.uri, rendition: rendition.id, segment: segment.number },
      );
    if (maps.has(map)) continue;
    const read = await located(rendition, { ...segment, range: map }, () => readMap(map, reading));
    first ??= read;
    if (!goesOn(first, read))
      throw new PackagerError(
        'source_unsupported',
        "EXT-X-MAP changes tracks, codec's configuration or clock without EXT-X-DISCONTINUITY",
        { uri: map.uri, rendition: rendition.id, segment: segment.number },
      );
    maps.set(map, read);
  }
  return maps;
}

function addSegment(
  { fragments }: FragmentHeaders,
  { range }: SourceSegment,
  movie: Parameters<typeof addFragment>[1],
  { limits }: GatherReading,
): void {
  for (const { moof, position } of fragments)
    within(range.uri, position, () => addFragment(moof, movie, { position, maximum: limits.maximumSamples }));
}

interface Extents {
  readonly segments: readonly SourceSegment[];
  /** Where each ends in its resource. */
  readonly ends: readonly number[];
  readonly boundaries: readonly number[];
}

/** Every sample lies in its own segment. */
function checkWithin(columns: SampleColumns, track: number, { segments, ends, boundaries }: Extents): void {
  const extents = segments.map(({ range: { uri, offset = 0 } }, index) => ({
    uri,
    offset,
    end: ends[index] as number,
  }));
  let segment = 0;
  checkPlaces(columns, track, (sample) => {
    while (sample >= (boundaries[segment] ?? Infinity)) segment += 1;
    return extents[segment] as (typeof extents)[0];
  });
}

/** The segment that a sample is in, found by halving; the first one for a sample behind all. */
export function segmentOf(boundaries: readonly number[], sample: number): number {
  let [low, high] = [0, boundaries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sample < (boundaries[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low < boundaries.length ? low : 0;
}

function idOf(columns: ReadonlyMap<number, SampleColumns>, of: SampleColumns): number {
  for (const [id, each] of columns) if (each === of) return id;
  return -1;
}
