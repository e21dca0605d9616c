import { MalformedError } from '../bits/malformed.js';
import { PackagerError } from '../errors.js';
import { addFragment, type FragmentedTrack } from '../isobmff/fragments.js';
import { type Movie, type MovieTrack, readMovie } from '../isobmff/movie.js';
import { readBoxes, type ReadBox } from '../isobmff/box-reader.js';
import type { SampleColumns } from '../isobmff/sample-columns.js';
import { readSampleTables } from '../isobmff/sample-tables.js';
import type { SourceReader } from '../model/source-reader.js';
import { sniffContent } from '../mpegts/sniff.js';
import type { IndexLimits } from './limits.js';

/** An MP4 with all that it says of its samples. */
export interface MovieFile {
  readonly uri: string;
  /** bytes */
  readonly size: number;
  readonly movie: Movie;
  /** Of video and audio tracks, by track_ID. */
  readonly columns: ReadonlyMap<number, SampleColumns>;
  /** There are timed events (`emsg`) between fragments. */
  readonly events: boolean;
}

export interface MovieReading {
  readonly reader: SourceReader;
  readonly limits: IndexLimits;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads the movie box of an MP4, wherever it is, and the headers of all of its fragments; of the media themselves nothing.
 * @throws PackagerError naming the byte of what is wrong
 */
export async function readMovieFile(uri: string, reading: MovieReading): Promise<MovieFile> {
  const size = await reading.reader.size(uri, reading.signal);
  const window = new Window(uri, size, reading);
  const content = sniffContent(await window.bytes(0, Math.min(size, 4096)));
  if (content !== 'MP4')
    throw invalid(uri, 0, `not an MP4: ${content === 'unknown' ? 'something else' : content} was found`);
  const { limits } = reading;
  const maximum = Math.min(limits.maximumSamples, size);
  let found: { movie: Movie; tracks: Map<number, FragmentedTrack> } | undefined;
  let events = false;
  let boxes = 0;
  for (let at = 0; at < size;) {
    if (++boxes > limits.maximumTopLevelBoxes)
      throw new PackagerError(
        'source_too_large',
        `more than ${limits.maximumTopLevelBoxes} boxes (maximumTopLevelBoxes)`,
        { uri },
      );
    const header = await topLevelBox(window, at, size);
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
    }
    events ||= header.type === 'emsg';
    at = header.end;
  }
  if (!found)
    throw invalid(uri, size, 'no movie box (moov): the file is incomplete, as a recording that was cut off is');
  const columns = new Map([...found.tracks].map(([id, track]) => [id, track.columns]));
  return { uri, size, movie: found.movie, columns, events };
}

function openMovie(moov: ReadBox, maximum: number): { movie: Movie; tracks: Map<number, FragmentedTrack> } {
  const movie = readMovie(moov);
  const tracks = new Map<number, FragmentedTrack>();
  for (const track of movie.tracks.filter(isMedia)) {
    if (tracks.has(track.id)) throw new MalformedError(`two tracks of the ID ${track.id}`, moov.offset);
    tracks.set(track.id, { ...track, columns: readSampleTables(track.sampleTable, maximum) });
  }
  return { movie, tracks };
}

export function isMedia({ handler }: MovieTrack): boolean {
  return handler === 'vide' || handler === 'soun';
}

interface TopLevelBox {
  readonly type: string;
  readonly offset: number;
  readonly end: number;
}

async function topLevelBox(window: Window, offset: number, size: number): Promise<TopLevelBox> {
  const bytes = await window.bytes(offset, Math.min(16, size - offset));
  if (bytes.length < 8) throw invalid(window.uri, offset, `truncated: a box needs 8 bytes, ${bytes.length} left`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const type = String.fromCharCode(...bytes.subarray(4, 8));
  const said = view.getUint32(0);
  const long = said === 1 && bytes.length >= 16;
  const length = said === 0 ? size - offset : long ? Number(view.getBigUint64(8)) : said;
  if (length < (said === 1 ? 16 : 8))
    throw invalid(window.uri, offset, `box ${JSON.stringify(type)} of ${length} bytes: not an MP4, or damaged`);
  if (offset + length > size)
    throw invalid(
      window.uri,
      offset,
      `truncated: box ${JSON.stringify(type)} has ${length} bytes, ${size - offset} are there`,
    );
  return { type, offset, end: offset + length };
}

async function wholeBox(
  window: Window,
  { offset, end, type }: TopLevelBox,
  { limit, name }: { limit: number; name: string },
): Promise<ReadBox> {
  if (end - offset > limit)
    throw new PackagerError('source_too_large', `${type} of ${end - offset} bytes; ${name} is ${limit}`, {
      uri: window.uri,
    });
  const bytes = await window.bytes(offset, end - offset);
  const [box] = within(window.uri, offset, () => readBoxes(bytes));
  if (!box) throw new Error('a box that was found is read');
  return box;
}

/** Where bytes are wrong in the resource; what the parsers know is the place in the box. */
function within<T>(uri: string, byteOffset: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof PackagerError) throw error.at({ uri, byteOffset });
    if (!(error instanceof MalformedError)) throw error;
    throw new PackagerError('source_invalid', error.message, { uri, byteOffset });
  }
}

function invalid(uri: string, byteOffset: number, reason: string): PackagerError {
  return new PackagerError('source_invalid', reason, { uri, byteOffset });
}

/** Headers stand apart by whole chunks or fragments, so that little is read in vain. */
const windowBytes = 64 * 1024;

/** Bytes of a resource, read in stretches of at least a window. */
class Window {
  readonly uri: string;
  readonly #size: number;
  readonly #reading: MovieReading;
  #offset = 0;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(uri: string, size: number, reading: MovieReading) {
    this.uri = uri;
    this.#size = size;
    this.#reading = reading;
  }

  /** A view that is valid until the next call. @throws PackagerError when the resource became shorter */
  async bytes(offset: number, length: number): Promise<Uint8Array> {
    const from = offset - this.#offset;
    if (from >= 0 && from + length <= this.#bytes.length) return this.#bytes.subarray(from, from + length);
    const wanted = Math.min(Math.max(length, windowBytes), this.#size - offset);
    const { signal } = this.#reading;
    this.#bytes = await this.#reading.reader.readSome(this.uri, offset, wanted, signal && { signal });
    this.#offset = offset;
    if (this.#bytes.length < length)
      throw new PackagerError('source_changed', `the file became shorter while it was read`, {
        uri: this.uri,
        byteOffset: offset,
      });
    return this.#bytes.subarray(0, length);
  }
}
