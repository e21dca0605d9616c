import { MalformedError } from '../bits/malformed.js';
import { joinCues } from '../codec/webvtt/join-cues.js';
import { shiftTimes } from '../codec/webvtt/text-times.js';
import { UnsupportedCodingError } from '../codec/unsupported-coding.js';
import { PackagerError } from '../errors.js';
import { isText, type MovieTrack } from '../isobmff/movie.js';
import type { SampleColumns } from '../isobmff/sample-columns.js';
import { inSample, textCoding, type TextCoding } from '../isobmff/text-coding.js';
import { chapterTracks, readTextTrackHeader } from '../isobmff/text-header.js';
import type { TextMedia } from '../model/asset-index.js';
import { type Cue, type TextDocument, textTimescale } from '../model/text.js';
import { rescale } from '../timing/timescale.js';
import { inParallel } from './in-parallel.js';
import { canonicalLanguage } from '../model/language.js';
import type { IndexLimits } from './limits.js';
import type { OpenMovie } from './movie-track.js';

/** A text track of an MP4, read whole. */
export interface TextTrack {
  /** track_ID */
  readonly id: number;
  readonly media: TextMedia;
  /** Times on the movie's time line, where they may be below 0. */
  readonly document: TextDocument;
}

/** Samples that are read at once: they are small, many and far apart. */
const readsAtOnce = 8;

export interface TextReading {
  readonly limits: IndexLimits;
  /** Takes what is left out, a sentence each. */
  readonly notes: string[];
}

/**
 * The text tracks of an MP4 that are subtitles, in the order of the file.
 * @throws PackagerError naming the track and the sample that cannot be read; errors of the reader
 */
export async function openTexts(file: OpenMovie, reading: TextReading): Promise<TextTrack[]> {
  const chapters = chapterTracks(file.movie);
  const opened: TextTrack[] = [];
  for (const track of file.movie.tracks.filter(isText)) {
    const leaveOut = (reason: string) =>
      reading.notes.push(`Track ${track.id} (text) of ${file.uri} is left out: ${reason}.`);
    const columns = file.columns.get(track.id);
    if (chapters.has(track.id)) leaveOut('it names chapters');
    else if (!columns || columns.count === 0) leaveOut('it is announced and empty');
    else {
      try {
        opened.push(await openText({ file, track, columns }, reading));
      } catch (error) {
        if (error instanceof UnsupportedCodingError) leaveOut(`${error.message} are not supported`);
        else throw ofTrack(error, track.id, file.uri);
      }
    }
  }
  return opened;
}

interface ColumnsOfText {
  readonly file: OpenMovie;
  readonly track: MovieTrack;
  readonly columns: SampleColumns;
}

async function openText({ file, track, columns }: ColumnsOfText, reading: TextReading): Promise<TextTrack> {
  const coding = textCoding(track, file.movie);
  const shown = samplesOf(columns, track.timescale).filter(({ sample }) => sizeOf(columns, sample) > coding.emptyBytes);
  const bytes = shown.reduce((sum, { sample }) => sum + sizeOf(columns, sample), 0);
  const { maximumTextBytes } = reading.limits;
  if (bytes > maximumTextBytes)
    throw new PackagerError('source_too_large', `${bytes} bytes of subtitles; maximumTextBytes is ${maximumTextBytes}`);
  const read = await inParallel(shown, readsAtOnce, async ({ sample, ...times }) => {
    const data = await file.readSample(columns, sample, maximumTextBytes);
    return inSample(sample, () => coding.read(data, times));
  });
  const joined = joinCues(read.map(({ cues }) => cues));
  const cues = presented(joined, { file, track, columns });
  if (cues.length < joined.length)
    reading.notes.push(
      `${joined.length - cues.length} cues of track ${track.id} (text) of ${file.uri} are left out: its edit list hides them.`,
    );
  const broken = read.reduce((sum, each) => sum + each.broken, 0);
  return { id: track.id, media: mediaOf(track, coding), document: { ...coding.header, cues, broken } };
}

function sizeOf({ sizes }: SampleColumns, sample: number): number {
  return sizes[sample] ?? 0;
}

/** Every sample that lasts, with its times on the track's time line: ticks of textTimescale. */
function samplesOf(columns: SampleColumns, timescale: number): (Pick<Cue, 'start' | 'end'> & { sample: number })[] {
  const found: { sample: number; start: number; end: number }[] = [];
  let time = columns.start;
  for (let sample = 0; sample < columns.count; sample += 1) {
    const from = time + (columns.compositionOffsets[sample] ?? 0);
    const duration = columns.durations[sample] ?? 0;
    const [start, end] = [from, from + duration].map((ticks) => rescale(ticks, timescale, textTimescale)) as [
      number,
      number,
    ];
    if (end > start) found.push({ sample, start, end });
    time += duration;
  }
  return found;
}

/** What the edit list shows, when it shows it: as of other tracks. */
function presented(cues: readonly Cue[], { file: { movie }, track: { edit, timescale } }: ColumnsOfText): Cue[] {
  const inText = (ticks: number, of: number) => rescale(ticks, of, textTimescale);
  const from = inText(edit.mediaTime, timescale);
  // Of a fragmented file the movie box does not know the duration.
  const lasts = movie.fragmented || edit.duration === undefined ? Infinity : inText(edit.duration, movie.timescale);
  const shift = inText(edit.delay, movie.timescale) - from;
  return cues.flatMap((cue) => {
    const [start, end] = [Math.max(from, cue.start), Math.min(from + lasts, cue.end)];
    if (end <= start) return [];
    return [{ ...cue, start: start + shift, end: end + shift, text: shiftTimes(cue.text, shift) }];
  });
}

/** For people who hear little: what HLS says of them, RFC 8216bis §4.4.6.1. */
const ofCaptions = 'public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound';

/** None is the default: writers mark the first track of each kind as enabled, whether it is to be shown or not. */
function mediaOf(track: MovieTrack, { forced }: TextCoding): TextMedia {
  const { name, roles } = readTextTrackHeader(track);
  const language = canonicalLanguage(track.language);
  return {
    ...(name !== undefined && { name }),
    ...(language !== undefined && { language }),
    ...{ default: false, autoselect: true },
    forced: forced || roles.some((role) => /^forced[-_]subtitle$/.test(role)),
    ...(roles.includes('caption') && { characteristics: ofCaptions }),
  };
}

function ofTrack(error: unknown, id: number, uri: string): unknown {
  if (error instanceof PackagerError)
    return new PackagerError(error.code, `track ${id}: ${error.reason}`, { uri, ...error.location });
  if (error instanceof MalformedError)
    return new PackagerError('source_invalid', `track ${id}: ${error.message}`, { uri });
  return error;
}
