import { MalformedError } from '../bits/malformed.js';
import { decodeText } from '../codec/read-text.js';
import { readTtml } from '../codec/ttml/read-ttml.js';
import { clipCues } from '../codec/ttml/write-ttml.js';
import { readTx3gSample } from '../codec/tx3g/read-tx3g-sample.js';
import { readTextDescription } from '../codec/tx3g/sample-description.js';
import { UnsupportedCodingError } from '../codec/unsupported-coding.js';
import { readWvttHeader, readWvttSample } from '../codec/webvtt/read-wvtt-sample.js';
import type { Cue, TextDocument } from '../model/text.js';
import { boxesOf, bytesOf, readBoxes, type ReadBox } from './box-reader.js';
import { isText, type Movie, type MovieTrack } from './movie.js';
import { placeOf } from './text-header.js';

/** How the samples of a text track are read. */
export interface TextCoding {
  /** What stands before all cues. */
  readonly header: Pick<TextDocument, 'styles' | 'regions'>;
  readonly forced: boolean;
  /** Samples of no more bytes show nothing, and need not be read. */
  readonly emptyBytes: number;
  /**
   * What a sample shows, within its times: ticks of textTimescale on the track's own time line.
   * @throws MalformedError
   */
  readonly read: (sample: Uint8Array, times: SampleTimes) => Pick<TextDocument, 'cues' | 'broken'>;
}

export type SampleTimes = Pick<Cue, 'start' | 'end'>;

/** @throws MalformedError; UnsupportedCodingError for subtitles that are pictures */
export function textCoding(track: MovieTrack, movie: Movie): TextCoding {
  const [entry] = track.entries;
  if (!entry || !isText(track)) throw new Error('only text tracks have a coding');
  switch (entry.type) {
    case 'wvtt':
      return webVtt(entry);
    case 'stpp':
      return ttml(entry);
    default:
      return timedText(entry, track, movie);
  }
}

/** ISO/IEC 14496-30 §7.5: the configuration is a box of the sample entry. */
function webVtt(entry: ReadBox): TextCoding {
  const [vttC] = boxesOf(readBoxes(bytesOf(entry).subarray(8)), 'vttC');
  const header = readWvttHeader(vttC ? decodeText(bytesOf(vttC)) : '');
  // An empty cue (vtte) is a box without content.
  return { header, forced: false, emptyBytes: 8, read: readWvttSample };
}

/** XMLSubtitleSampleEntry, ISO/IEC 14496-12 §12.6.3: namespace, schema location, MIME types of what documents refer to. */
function ttml(entry: ReadBox): TextCoding {
  const [, , auxiliary = ''] = new TextDecoder().decode(bytesOf(entry).subarray(8)).split('\0');
  if (/image/i.test(auxiliary)) throw new UnsupportedCodingError(`subtitles that are pictures (${auxiliary})`, 0);
  return {
    header: { styles: [], regions: [] },
    forced: false,
    emptyBytes: 0,
    read: (sample, { start, end }) => {
      const { cues, broken } = readTtml(decodeText(sample));
      // ISO/IEC 14496-30 §5.3: a document tells times as its track does, and is shown while its sample lasts.
      return { cues: clipCues(cues, start, end), broken };
    },
  };
}

function timedText(entry: ReadBox, track: MovieTrack, { tracks }: Movie): TextCoding {
  const description = readTextDescription(bytesOf(entry));
  const video = tracks.find(({ handler }) => handler === 'vide');
  const { width: pictureWidth, height: pictureHeight } = video ? placeOf(video) : { width: 0, height: 0 };
  const place = { ...placeOf(track), pictureWidth, pictureHeight };
  return {
    header: { styles: [], regions: [] },
    forced: description.forced,
    emptyBytes: 2,
    read: (sample, times) => {
      const shown = readTx3gSample(sample, description, place);
      return { cues: shown ? [{ ...times, ...shown }] : [], broken: 0 };
    },
  };
}

/** @throws MalformedError with the sample's number */
export function inSample<T>(sample: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new MalformedError(`sample ${sample + 1}: ${error.message}`, error.offset);
  }
}
