import type { SampleColumns } from '../isobmff/sample-columns.js';
import { isNal } from '../model/track.js';
import { type CaptionSearch, searchedBytes, searchedHeads } from './caption-search.js';
import type { MediaTrack, OpenMovie } from './movie-track.js';

export interface CaptionReading {
  /** Where pictures are searched for captions; absent: nowhere. */
  readonly captions?: CaptionSearch | undefined;
  /** Key pictures that are looked at. Default: as many as of heads of a transport stream. */
  readonly places?: number;
  /** Runs the reads of all renditions, a limited number at once. */
  readonly run: <T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>) => Promise<R[]>;
}

export interface SearchedMovie {
  readonly file: OpenMovie;
  /** The first one of the file. */
  readonly track: MediaTrack | undefined;
  /** The first sample that does not lie in the same resource as this one. */
  readonly endOf: (sample: number) => number;
}

/**
 * Looks for captions in the first pictures from some key pictures on, which are spread over the track: in what the index has read there are
 * none. However long the source is, that takes 64 reads of 94 KiB at most, several at once; fewer where there are fewer key pictures, and none
 * where pictures are no NAL units, or something else tells of captions. @throws errors of the reader
 */
export async function searchMovie({ file, track, endOf }: SearchedMovie, reading: CaptionReading): Promise<void> {
  const { captions, places = searchedHeads, run } = reading;
  if (!captions || track?.kind !== 'video' || !isNal(track.configuration)) return;
  const { columns, configuration, nalLengthSize = 4 } = track;
  const { codec } = configuration;
  const heads = await run(spreadKeys(track, places), async (first) => ({
    first,
    bytes: await file.readFrom(columns, first, searchedBytes),
  }));
  for (const { first, bytes } of heads)
    for (const picture of picturesIn(bytes, columns, { first, end: Math.min(track.end, endOf(first)) }))
      captions.addPicture(picture, codec, nalLengthSize);
}

/** Key pictures of what is packaged, so many at most. */
function spreadKeys({ columns, first, end }: MediaTrack, places: number): number[] {
  const keys: number[] = [];
  for (let sample = first; sample < end; sample += 1) if (columns.sync[sample] === 1) keys.push(sample);
  const step = Math.ceil(keys.length / places);
  return keys.filter((_, index) => index % step === 0);
}

/** The pictures that begin in the bytes, of which the first one begins there; the last one may go on beyond them. */
function* picturesIn(
  bytes: Uint8Array,
  { positions, sizes }: SampleColumns,
  { first, end }: { readonly first: number; readonly end: number },
): Generator<Uint8Array> {
  const start = positions[first] as number;
  for (let sample = first; sample < end; sample += 1) {
    const from = (positions[sample] as number) - start;
    // Nothing says that samples lie in the order of their times.
    if (from < 0 || from >= bytes.length) return;
    yield bytes.subarray(from, from + (sizes[sample] as number));
  }
}
