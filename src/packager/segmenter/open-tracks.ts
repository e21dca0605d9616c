import { PackagerError } from '../errors.js';
import { isMedia, isText, type MovieTrack } from '../isobmff/movie.js';
import { chapterTracks } from '../isobmff/text-header.js';
import type { IndexLimits } from './limits.js';
import { type MediaTrack, openTrack, type OpenMovie } from './movie-track.js';

/**
 * Video and audio of an MP4: video first, then audio in the order of the file.
 * @param notes takes what is left out, a sentence each @throws PackagerError
 */
export async function openTracks(
  file: OpenMovie,
  reading: { readonly limits: IndexLimits; readonly notes: string[] },
): Promise<MediaTrack[]> {
  const { movie, uri } = file;
  const chapters = chapterTracks(movie);
  const media = movie.tracks.filter((track) => isMedia(track) && !chapters.has(track.id));
  const known = media.length + movie.tracks.filter(isText).length;
  if (known > reading.limits.maximumTracks) {
    const { maximumTracks } = reading.limits;
    throw new PackagerError('source_too_large', `${known} tracks in one file; maximumTracks is ${maximumTracks}`);
  }
  for (const track of movie.tracks.filter((each) => !isMedia(each) && !isText(each)))
    reading.notes.push(`Track ${track.id} (${nameOf(track)}) of ${uri} is left out: it is not supported.`);
  for (const { id } of movie.tracks.filter((track) => isMedia(track) && chapters.has(track.id)))
    reading.notes.push(`Track ${id} (video) of ${uri} is left out: it names chapters.`);
  const opened: MediaTrack[] = [];
  for (const track of media) {
    const found = await openTrack(file, track, reading.notes);
    if (found) opened.push(found);
  }
  const videos = opened.filter(({ kind }) => kind === 'video');
  if (videos.length > 1)
    throw new PackagerError('source_unsupported', `${videos.length} video tracks in one file; one is allowed`);
  if (opened.length === 0) throw new PackagerError('source_invalid', 'the file has neither video nor audio');
  return [...videos, ...opened.filter(({ kind }) => kind === 'audio')];
}

function nameOf({ handler, entries: [entry] }: MovieTrack): string {
  return entryNames[entry?.type ?? ''] ?? handlerNames[handler] ?? `handler ${JSON.stringify(handler)}`;
}

/** Text that cannot be read, by its sample entry. */
const entryNames: Readonly<Record<string, string>> = {
  text: 'QuickTime text',
  c608: 'CEA-608 captions in a track of their own',
  c708: 'CEA-708 captions in a track of their own',
  mp4s: 'subtitles that are pictures',
  sbtt: 'text of another kind',
  stxt: 'text of another kind',
  enct: 'encrypted text',
  encs: 'encrypted subtitles',
};

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
