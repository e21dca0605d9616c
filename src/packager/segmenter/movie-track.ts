import { MalformedError } from '../bits/malformed.js';
import { UnsupportedCodingError } from '../codec/unsupported-coding.js';
import { PackagerError } from '../errors.js';
import type { Movie, MovieTrack } from '../isobmff/movie.js';
import { readSampleEntry } from '../isobmff/read-sample-entry.js';
import type { SampleColumns } from '../isobmff/sample-columns.js';
import type { CodecConfiguration } from '../model/track.js';
import { rescale } from '../timing/timescale.js';
import { decodeTime } from './earliest-times.js';
import type { FoundEvent } from './found-events.js';
import { presentedSamples } from './presented-samples.js';

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

/** A movie box with what is known of its samples. */
export interface OpenMovie {
  /** What errors and notes name. */
  readonly uri: string;
  readonly movie: Movie;
  /** Of video, audio and text tracks, by track_ID. */
  readonly columns: ReadonlyMap<number, SampleColumns>;
  /** Event messages (`emsg`) between its fragments. */
  readonly events: readonly FoundEvent[];
  readonly readSample: (columns: SampleColumns, sample: number, limit: number) => Promise<Uint8Array>;
  /** Bytes from where a sample begins, so many at most; fewer where the resource, or the range of it that is a segment, ends. */
  readonly readFrom: (columns: SampleColumns, sample: number, length: number) => Promise<Uint8Array>;
}

/** Samples that only hold parameter sets and one picture are no larger than this. */
const maximumFirstSample = 64 * 1024 * 1024;

/** @returns undefined when the track has no samples @throws PackagerError naming the track */
export async function openTrack(file: OpenMovie, track: MovieTrack, notes: string[]): Promise<MediaTrack | undefined> {
  const { uri } = file;
  const kind = track.handler === 'vide' ? 'video' : 'audio';
  const columns = file.columns.get(track.id);
  if (!columns || columns.count === 0) {
    notes.push(`Track ${track.id} (${kind}) of ${uri} is announced and empty.`);
    return undefined;
  }
  try {
    if (track.turned)
      throw new PackagerError(
        'source_unsupported',
        'its pictures are to be turned or mirrored for display (matrix of tkhd)',
      );
    const entry = await readSampleEntry(track.entries, () => file.readSample(columns, 0, maximumFirstSample));
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
      start: decodeTime(columns, first) + wait - track.edit.mediaTime,
    };
  } catch (error) {
    throw ofTrack(error, track.id, uri);
  }
}

/**
 * Refuses samples that are not where the resource, or the range of it, is.
 * @param within what a sample lies in @throws PackagerError
 */
export function checkPlaces(
  { positions, sizes, count }: SampleColumns,
  track: number,
  within: (sample: number) => { readonly uri: string; readonly offset?: number; readonly end: number },
): void {
  for (let sample = 0; sample < count; sample += 1) {
    const { uri, offset = 0, end } = within(sample);
    const [from, length] = [positions[sample] as number, sizes[sample] as number];
    if (from >= offset && from + length <= end) continue;
    throw new PackagerError(
      'source_invalid',
      `track ${track}: sample ${sample + 1} of ${count} is said to be ${length} bytes at ${from}; ` +
        `${offset > 0 ? `the range is from ${offset} to ${end}` : `the file has ${end}`}, so it is incomplete or damaged`,
      { uri },
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
