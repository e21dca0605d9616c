import { MalformedError } from '../bits/malformed.js';
import { UnsupportedCodingError } from '../codec/unsupported-coding.js';
import { PackagerError } from '../errors.js';
import type { MovieTrack } from '../isobmff/movie.js';
import { readSampleEntry } from '../isobmff/read-sample-entry.js';
import type { SampleColumns } from '../isobmff/sample-columns.js';
import type { CodecConfiguration } from '../model/track.js';
import type { SourceReader } from '../model/source-reader.js';
import { rescale } from '../timing/timescale.js';
import { presentedSamples } from './presented-samples.js';
import type { MovieFile } from './read-movie.js';

/** A track of an MP4 that is packaged: its codec, and which of its samples are when. */
export interface MediaTrack {
  readonly kind: 'video' | 'audio';
  readonly id: number;
  readonly configuration: CodecConfiguration;
  /** Ticks per second of all that follows. */
  readonly timescale: number;
  readonly language?: string;
  /** What the source calls it. */
  readonly name?: string;
  readonly columns: SampleColumns;
  /** The samples that are packaged: from this one to before `end`, in decode order. */
  readonly first: number;
  readonly end: number;
  /** Decode time of the sample `first`, on the movie's time line. */
  readonly start: number;
  readonly nalLengthSize?: 1 | 2 | 4;
  readonly inBandSets?: readonly Uint8Array[];
}

export interface TrackReading {
  readonly reader: SourceReader;
  readonly signal?: AbortSignal | undefined;
  /** What is left out of a source, a sentence each. */
  readonly notes: string[];
}

/** Samples that only hold parameter sets and one picture are no larger than this. */
const maximumFirstSample = 64 * 1024 * 1024;

/** @returns undefined when the track has no samples @throws PackagerError naming the track */
export async function openTrack(
  file: MovieFile,
  track: MovieTrack,
  { reader, signal, notes }: TrackReading,
): Promise<MediaTrack | undefined> {
  const { uri } = file;
  const kind = track.handler === 'vide' ? 'video' : 'audio';
  const columns = file.columns.get(track.id);
  if (!columns || columns.count === 0) {
    notes.push(`Track ${track.id} (${kind}) of ${uri} is announced and empty.`);
    return undefined;
  }
  try {
    checkPlaces(columns, file.size);
    if (track.turned)
      throw new PackagerError(
        'source_unsupported',
        'its pictures are to be turned or mirrored for display (matrix of tkhd)',
      );
    const entry = await readSampleEntry(track.entries, () => firstSample());
    const presented = presentedSamples(columns, track, {
      movieTimescale: file.movie.timescale,
      fragmented: file.movie.fragmented,
      kind,
    });
    notes.push(...presented.notes.map((note) => `Track ${track.id} (${kind}) of ${uri}: ${note}`));
    const { first, end } = presented;
    const wait = rescale(track.edit.delay, file.movie.timescale, track.timescale);
    const { timescale, id, language } = track;
    return {
      ...{ kind, id, timescale, columns, first, end, ...entry },
      ...(language !== undefined && { language }),
      start: timeOf(columns, first) + wait - track.edit.mediaTime,
    };
  } catch (error) {
    throw ofTrack(error, track.id, uri);
  }

  function firstSample(): Promise<Uint8Array> {
    const range = { uri, offset: columns?.positions[0] ?? 0, length: columns?.sizes[0] ?? 0 };
    return reader.read(range, { limit: maximumFirstSample, ...(signal && { signal }) });
  }
}

/** Decode time of a sample as the track counts it. */
function timeOf({ start, durations }: SampleColumns, sample: number): number {
  let time = start;
  for (let index = 0; index < sample; index += 1) time += durations[index] as number;
  return time;
}

function checkPlaces({ positions, sizes, count }: SampleColumns, size: number): void {
  for (let sample = 0; sample < count; sample += 1) {
    const [from, length] = [positions[sample] as number, sizes[sample] as number];
    if (from >= 0 && from + length <= size) continue;
    throw new PackagerError(
      'source_invalid',
      `sample ${sample + 1} of ${count} is said to be ${length} bytes at ${from}; the file has ${size}, so it is incomplete or damaged`,
    );
  }
}

function ofTrack(error: unknown, id: number, uri: string): unknown {
  if (error instanceof PackagerError)
    return new PackagerError(error.code, `track ${id}: ${error.reason}`, { uri, ...error.location });
  if (error instanceof MalformedError)
    return new PackagerError('source_invalid', `track ${id}: ${error.message}`, { uri });
  if (error instanceof UnsupportedCodingError)
    return new PackagerError('source_unsupported', `track ${id}: ${error.message}`, { uri });
  return error;
}
