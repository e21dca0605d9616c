import { PackagerError } from '../errors.js';
import type { AssetIndex, IndexedRendition } from '../model/asset-index.js';
import { isVideo, type Track } from '../model/track.js';
import { rescale } from '../timing/timescale.js';
import { checkAlignment } from './align-renditions.js';
import { type CutTrack, cutMovies, type UncutTrack } from './cut-movies.js';
import { frameRate } from './frame-rate.js';
import { languageTag } from './language-tag.js';
import { type MediaTrack, openTrack } from './movie-track.js';
import { isMedia, type MovieFile, type MovieReading, readMovieFile } from './read-movie.js';
import { soundFingerprint } from './sound-fingerprint.js';

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

/**
 * Indexes MP4 files: reads what they say of their samples, puts all tracks on one time line, and cuts them where the pictures of all
 * renditions can be entered. @throws PackagerError naming rendition, track and byte
 */
export async function indexMovies(renditions: readonly MovieRendition[], reading: MovieReading): Promise<AssetIndex> {
  const notes: string[] = [];
  const open: OpenRendition[] = [];
  for (const rendition of renditions) {
    try {
      const file = await readMovieFile(rendition.uri, reading);
      const tracks = await openTracks(file, { ...reading, notes });
      open.push({ rendition, tracks: chosenTracks(tracks, rendition) });
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
  const indexed: IndexedRendition[] = [];
  const ticks = rescale(origin.ticks, origin.timescale, 90_000);
  for (const [index, { rendition, tracks }] of open.entries()) {
    const { segments, tracks: placed } = cut[index] as (typeof cut)[0];
    const models: Track[] = [];
    for (const [at, track] of tracks.entries())
      models.push(await model(track, placed[at] as CutTrack, { rendition, reading, among: open.length }));
    const { id, uri } = rendition;
    const variant = models[0]?.kind === 'video' ? { variant: { bandwidth: bitRate(tracks[0] as MediaTrack) } } : {};
    indexed.push({ id, uri, ...variant, periods: [{ origin: ticks, tracks: models, segments }] });
  }
  checkAlignment(indexed);
  return { renditions: indexed, notes, uncut: true };
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

/** Video first, then audio in the order of the file. */
async function openTracks(
  file: MovieFile,
  reading: MovieReading & { readonly notes: string[] },
): Promise<MediaTrack[]> {
  const { movie, uri } = file;
  const media = movie.tracks.filter(isMedia);
  if (media.length > reading.limits.maximumTracks) {
    const { maximumTracks } = reading.limits;
    throw new PackagerError(
      'source_too_large',
      `${media.length} tracks in one file; maximumTracks is ${maximumTracks}`,
    );
  }
  for (const { id, handler } of movie.tracks.filter((track) => !isMedia(track)))
    reading.notes.push(
      `Track ${id} (${handlerNames[handler] ?? `handler ${JSON.stringify(handler)}`}) of ${uri} is left out: it is not supported yet.`,
    );
  if (file.events) reading.notes.push(`Timed events (emsg) of ${uri} are left out: they are not supported yet.`);
  const opened: MediaTrack[] = [];
  for (const track of media) {
    const found = await openTrack(file, track, reading);
    if (found) opened.push(found);
  }
  const videos = opened.filter(({ kind }) => kind === 'video');
  if (videos.length > 1)
    throw new PackagerError('source_unsupported', `${videos.length} video tracks in one file; one is allowed`);
  if (opened.length === 0) throw new PackagerError('source_invalid', 'the file has neither video nor audio');
  return [...videos, ...opened.filter(({ kind }) => kind === 'audio')];
}

const handlerNames: Readonly<Record<string, string>> = {
  text: 'text',
  sbtl: 'subtitles',
  subt: 'subtitles',
  clcp: 'closed captions',
  tmcd: 'time code',
  meta: 'timed metadata',
  hint: 'hints',
  auxv: 'auxiliary video',
};

interface Moment {
  readonly ticks: number;
  readonly timescale: number;
}

/** The earliest presentation time of any sample: the period's 0. */
function earliest(tracks: readonly MediaTrack[]): Moment {
  const firsts = tracks.map(({ columns, first, end, start, timescale }): Moment => {
    let least = Infinity;
    let time = start;
    for (let sample = first; sample < end; sample += 1) {
      least = Math.min(least, time + (columns.compositionOffsets[sample] as number));
      time += columns.durations[sample] as number;
    }
    return { ticks: least, timescale };
  });
  return firsts.reduce((least, moment) =>
    moment.ticks / moment.timescale < least.ticks / least.timescale ? moment : least,
  );
}

function onTimeLine(track: MediaTrack, origin: Moment): UncutTrack {
  const { kind, id, timescale, columns, first, end, nalLengthSize, inBandSets } = track;
  // Exact in the track that sets the origin, to half a tick in the others.
  const shift =
    origin.timescale === timescale ? origin.ticks : Math.round((origin.ticks * timescale) / origin.timescale);
  const delay = columns.compositionOffsets[first] as number;
  return {
    ...{ kind, id, timescale, columns, first, end, delay },
    start: track.start - shift + delay,
    ...(nalLengthSize !== undefined && nalLengthSize !== 4 && { nalLengthSize }),
    ...(inBandSets && { inBandSets }),
  };
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

interface ModelContext {
  readonly rendition: MovieRendition;
  readonly reading: MovieReading;
  /** Renditions of the source. */
  readonly among: number;
}

async function model(track: MediaTrack, cut: CutTrack, { rendition, reading, among }: ModelContext): Promise<Track> {
  const { id, timescale, configuration } = track;
  if (isVideo(configuration)) {
    const rate = frameRate(
      { frames: track.end - track.first, ticks: cut.duration, timescale },
      configuration.frameRate,
    );
    return {
      kind: 'video',
      pid: id,
      configuration: { ...configuration, ...(rate && { frameRate: rate }) },
      timescale,
      decodeShift: cut.decodeShift,
    };
  }
  const language = languageTag(track.language);
  return {
    kind: 'audio',
    pid: id,
    configuration,
    timescale,
    ...(language !== undefined && { language }),
    ...(track.name !== undefined && { name: track.name }),
    jitter: 0,
    fingerprint: among === 1 ? `${rendition.id} ${id}` : await soundFingerprint(track, rendition.uri, reading),
  };
}
