import { PackagerError } from '../errors.js';
import { isMedia } from '../isobmff/movie.js';
import type { IndexLimits } from './limits.js';
import { type MediaTrack, openTrack, type OpenMovie } from './movie-track.js';

/**
 * The tracks of an MP4 that are packaged: video first, then audio in the order of the file.
 * @param notes takes what is left out, a sentence each @throws PackagerError
 */
export async function openTracks(
  file: OpenMovie,
  reading: { readonly limits: IndexLimits; readonly notes: string[] },
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
    const found = await openTrack(file, track, reading.notes);
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
