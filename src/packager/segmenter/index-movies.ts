import { PackagerError } from '../errors.js';
import type { AssetIndex, IndexedPeriod, IndexedRendition } from '../model/asset-index.js';
import type { Track } from '../model/track.js';
import { rescale } from '../timing/timescale.js';
import { checkAlignment } from './align-renditions.js';
import { type CutTrack, cutMovies } from './cut-movies.js';
import { type MovieEvent, movieEvents } from './movie-events.js';
import { movieModel } from './movie-model.js';
import { earliest, onTimeLine } from './movie-origin.js';
import { checkPlaces, type MediaTrack, type OpenMovie } from './movie-track.js';
import { openTexts } from './open-texts.js';
import { openTracks } from './open-tracks.js';
import { withEvents } from './place-events.js';
import { type MovieFile, type MovieReading, readMovieFile } from './read-movie.js';
import { type CaptionReading, searchMovie } from './search-movie.js';
import { soundFingerprint } from './sound-fingerprint.js';
import { eachOnce, type TextBesideMedia, textsOfRendition } from './text-source.js';

/** An MP4 that is a rendition. */
export interface MovieRendition {
  readonly id: string;
  readonly uri: string;
  /** What is said of the file's audio tracks, in order; of those that are left over nothing is. */
  readonly audio?: readonly TrackAudio[];
}

export interface TrackAudio {
  /** Before what the file says. */
  readonly language?: string;
  readonly name?: string;
  readonly include: boolean;
}

interface OpenRendition {
  readonly rendition: MovieRendition;
  readonly tracks: readonly MediaTrack[];
}

/** The media, and the subtitles of text tracks beside them. */
export interface IndexedMovies {
  readonly index: AssetIndex;
  readonly texts: readonly TextBesideMedia[];
}

/**
 * Indexes MP4 files: reads what they say of their samples, puts all tracks on one time line, and cuts them where the pictures of all
 * renditions can be entered. @throws PackagerError naming rendition, track and byte
 */
export async function indexMovies(
  renditions: readonly MovieRendition[],
  reading: MovieReading & CaptionReading,
): Promise<IndexedMovies> {
  const notes: string[] = [];
  const open: OpenRendition[] = [];
  const texts: TextBesideMedia[] = [];
  const events: MovieEvent[][] = [];
  for (const rendition of renditions) {
    try {
      const file = opened(await readMovieFile(rendition.uri, reading), reading);
      const tracks = await openTracks(file, { ...reading, notes });
      // All pictures of a source have the same captions: the first rendition with a picture tells.
      const searched = open.some(({ tracks: [first] }) => first?.kind === 'video');
      if (!searched) await searchMovie({ file, track: tracks[0], endOf: () => Infinity }, reading);
      open.push({ rendition, tracks: chosenTracks(tracks, rendition) });
      texts.push(...textsOfRendition(rendition.uri, [await openTexts(file, { ...reading, notes })]));
      events.push(movieEvents(file, tracks, notes));
    } catch (error) {
      throw error instanceof PackagerError ? error.at({ rendition: rendition.id, uri: rendition.uri }) : error;
    }
  }
  const origin = earliest(open.flatMap(({ tracks }) => tracks));
  const uncut = open.map(({ rendition, tracks }) => ({
    ...{ id: rendition.id, uri: rendition.uri },
    tracks: tracks.map((track) => onTimeLine(track, origin)),
  }));
  const cut = cutMovies(uncut, reading.limits);
  const periods: IndexedPeriod[] = [];
  const ticks = rescale(origin.ticks, origin.timescale, 90_000);
  for (const [index, { rendition, tracks }] of open.entries()) {
    const { segments, tracks: placed } = cut[index] as (typeof cut)[0];
    const { id, uri } = rendition;
    const models: Track[] = [];
    for (const [at, track] of tracks.entries())
      models.push(
        await movieModel(track, placed[at] as CutTrack, () =>
          open.length === 1 ? Promise.resolve(`${id} ${track.id}`) : soundFingerprint(track, () => ({ uri }), reading),
        ),
      );
    periods.push({ origin: ticks, tracks: models, segments });
  }
  const indexed = withEvents(periods, events.flat()).map((period, index): IndexedRendition => {
    const { rendition, tracks } = open[index] as OpenRendition;
    const [first] = tracks;
    const variant = first?.kind === 'video' ? { variant: { bandwidth: bitRate(first) } } : {};
    return { id: rendition.id, uri: rendition.uri, ...variant, periods: [period] };
  });
  checkAlignment(indexed);
  return { index: { renditions: indexed, notes, uncut: true }, texts: eachOnce(texts) };
}

/** Without the audio that is not to be included, and with the languages and names that are said. */
function chosenTracks(tracks: readonly MediaTrack[], { audio = [] }: MovieRendition): MediaTrack[] {
  const sounds = tracks.filter(({ kind }) => kind === 'audio');
  if (audio.length > sounds.length)
    throw new PackagerError(
      'source_invalid',
      `${audio.length} audio tracks are described; the file has ${sounds.length}`,
    );
  const chosen = sounds.flatMap((track, index) => {
    const { include = true, language, name } = audio[index] ?? {};
    return include
      ? [{ ...track, ...(language !== undefined && { language }), ...(name !== undefined && { name }) }]
      : [];
  });
  const videos = tracks.filter(({ kind }) => kind === 'video');
  if (videos.length + chosen.length === 0)
    throw new PackagerError('source_invalid', 'none of the tracks is to be included');
  return [...videos, ...chosen];
}

/** Bits per second of all samples: what a selection of streams goes by. */
function bitRate({ columns, first, end, timescale }: MediaTrack): number {
  let [bytes, ticks] = [0, 0];
  for (let sample = first; sample < end; sample += 1) {
    bytes += columns.sizes[sample] as number;
    ticks += columns.durations[sample] as number;
  }
  return Math.ceil((bytes * 8 * timescale) / ticks);
}

/** @throws PackagerError when a sample is not in the file */
export function opened(file: MovieFile, { reader, signal }: MovieReading): OpenMovie {
  const { uri, size, columns } = file;
  const whole = { uri, end: size };
  for (const [id, of] of columns) checkPlaces(of, id, () => whole);
  return {
    ...file,
    readSample: (of, sample, limit) => {
      const range = { uri, offset: of.positions[sample] ?? 0, length: of.sizes[sample] ?? 0 };
      return reader.read(range, { limit, ...(signal && { signal }) });
    },
    readFrom: (of, sample, length) => reader.readSome({ uri }, of.positions[sample] ?? 0, length, signal && { signal }),
  };
}
