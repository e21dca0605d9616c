import { MalformedError } from '../bits/malformed.js';
import { PackagerError } from '../errors.js';
import { addFragment, type FragmentedTrack } from '../isobmff/fragments.js';
import { isMedia, isText, type Movie, readMovie } from '../isobmff/movie.js';
import type { ReadBox } from '../isobmff/box-reader.js';
import type { SampleColumns } from '../isobmff/sample-columns.js';
import { readSampleTables } from '../isobmff/sample-tables.js';
import type { SourceReader } from '../model/source-reader.js';
import { sniffContent } from '../mpegts/sniff.js';
import { BoxWindow, invalid, topLevelBox, wholeBox, within } from './box-window.js';
import { EventBudget, FileEvents, type FoundEvent, readMessage } from './found-events.js';
import type { IndexLimits } from './limits.js';

/** An MP4 with all that it says of its samples. */
export interface MovieFile {
  readonly uri: string;
  /** bytes */
  readonly size: number;
  readonly movie: Movie;
  /** Of video, audio and text tracks, by track_ID. */
  readonly columns: ReadonlyMap<number, SampleColumns>;
  /** Event messages (`emsg`) between fragments. */
  readonly events: readonly FoundEvent[];
}

export interface MovieReading {
  readonly reader: SourceReader;
  readonly limits: IndexLimits;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads the movie box of an MP4, wherever it is, the headers of all of its fragments and the events between them; of the media themselves nothing.
 * @throws PackagerError naming the byte of what is wrong
 */
export async function readMovieFile(uri: string, reading: MovieReading): Promise<MovieFile> {
  const size = await reading.reader.size({ uri }, reading.signal);
  const window = new BoxWindow({ uri }, reading, { end: size });
  const content = sniffContent(await window.bytes(0, Math.min(size, 4096)));
  if (content !== 'MP4')
    throw invalid(uri, 0, `not an MP4: ${content === 'unknown' ? 'something else' : content} was found`);
  const { limits } = reading;
  const maximum = Math.min(limits.maximumSamples, size);
  let found: { movie: Movie; tracks: Map<number, FragmentedTrack> } | undefined;
  const events = new FileEvents();
  const budget = new EventBudget(limits);
  const tracksSoFar = () => found?.tracks ?? new Map<number, FragmentedTrack>();
  let boxes = 0;
  for (let at = 0; at < size;) {
    if (++boxes > limits.maximumTopLevelBoxes)
      throw new PackagerError(
        'source_too_large',
        `more than ${limits.maximumTopLevelBoxes} boxes (maximumTopLevelBoxes)`,
        { uri },
      );
    const header = await topLevelBox(window, at);
    if (header.type === 'moov') {
      if (found) throw invalid(uri, at, 'a second movie box (moov)');
      const box = await wholeBox(window, header, { limit: limits.maximumMovieBytes, name: 'maximumMovieBytes' });
      found = within(uri, at, () => openMovie(box, maximum));
      if (!found.movie.fragmented) break;
    } else if (header.type === 'moof') {
      const moof = await wholeBox(window, header, {
        limit: limits.maximumFragmentHeaderBytes,
        name: 'maximumFragmentHeaderBytes',
      });
      if (!found) throw invalid(uri, at, 'a movie fragment before the movie box (moov)');
      const { tracks, movie } = found;
      within(uri, at, () =>
        addFragment(moof, { tracks, defaults: movie.defaults }, { position: header.offset, maximum }),
      );
      events.endFragment(tracks);
    } else if (header.type === 'styp') events.beginSegment(tracksSoFar());
    else if (header.type === 'emsg') events.add(await readMessage(window, header, budget), tracksSoFar());
    at = header.end;
  }
  if (!found)
    throw invalid(uri, size, 'no movie box (moov): the file is incomplete, as a recording that was cut off is');
  events.endSegment(found.tracks);
  const columns = new Map([...found.tracks].map(([id, track]) => [id, track.columns]));
  return { uri, size, movie: found.movie, columns, events: events.found };
}

/** A movie box with the samples that it names itself. @throws MalformedError, PackagerError */
export function openMovie(moov: ReadBox, maximum: number): { movie: Movie; tracks: Map<number, FragmentedTrack> } {
  const movie = readMovie(moov);
  const tracks = new Map<number, FragmentedTrack>();
  for (const track of movie.tracks) {
    const sparse = isText(track);
    if (!sparse && !isMedia(track)) continue;
    if (tracks.has(track.id)) throw new MalformedError(`two tracks of the ID ${track.id}`, moov.offset);
    const { timescale, sampleTable } = track;
    tracks.set(track.id, { timescale, sparse, columns: readSampleTables(sampleTable, maximum, { sparse }) });
  }
  return { movie, tracks };
}
