import { MalformedError } from '../bits/malformed.js';
import { id3Tags } from '../codec/id3/id3-tag.js';
import { parseSpliceInfo, type SpliceInfo } from '../codec/scte35/splice-info-section.js';
import type { FoundMessage } from '../isobmff/read-emsg.js';
import type { MetadataFormat, TimedMetadata } from '../model/timed-metadata.js';
import { rescale } from '../timing/timescale.js';
import { decodeTime } from './earliest-times.js';
import type { FoundEvent } from './found-events.js';
import type { MediaTrack, OpenMovie } from './movie-track.js';

/** An event on its movie's time line: where that of the period begins is known when all renditions are. */
export interface MovieEvent extends TimedMetadata {
  /** Equal for what is one event, wherever it is repeated. */
  readonly key: string;
}

/** https://aomediacodec.github.io/id3-emsg, and Apple's name for the same; SCTE 214-3 §7. */
const schemes: ReadonlyMap<string, MetadataFormat> = new Map([
  ['https://aomedia.org/emsg/id3', 'id3'],
  ['https://developer.apple.com/streaming/emsg-id3', 'id3'],
  ['urn:scte:scte35:2013:bin', 'scte35'],
]);
/** Schemes that a note names. */
const namedSchemes = 5;

/**
 * What event messages hold that is carried, with its times in ticks of 90 kHz on the movie's time line. A message of SCTE 35 takes effect when its
 * `emsg` says: writers give fragments other times than the stream had that its own time is of.
 * @param tracks of the movie, video first @param notes takes what is left out, a sentence each
 */
export function movieEvents({ uri, events }: OpenMovie, tracks: readonly MediaTrack[], notes: string[]): MovieEvent[] {
  if (events.length === 0) return [];
  const line = tracks.map(trackOnLine);
  const end = Math.max(...line.map((track) => track.end));
  const kept: MovieEvent[] = [];
  const others = new Set<string>();
  let [damaged, late] = [0, 0];
  for (const { message, earliest } of events) {
    const format = message === 'unknown' ? undefined : schemes.get(message.schemeIdUri.toLowerCase());
    if (message === 'unknown' || !format) {
      others.add(message === 'unknown' ? 'a version of emsg that is not known' : JSON.stringify(message.schemeIdUri));
      continue;
    }
    const event = eventOf(message, format, beginning(earliest, line) ?? end);
    if (!event) damaged += 1;
    else if (event.arrival >= end) late += 1;
    else kept.push(event);
  }
  if (others.size > 0)
    notes.push(`Timed events (emsg) of ${uri} that are neither ID3 nor SCTE-35 are left out: ${named(others)}.`);
  if (damaged > 0) notes.push(`${damaged} timed events (emsg) of ${uri} are left out: what they hold is damaged.`);
  if (late > 0) notes.push(`${late} timed events (emsg) of ${uri} are left out: they are after its end.`);
  return kept;
}

interface TrackOnLine {
  readonly id: number;
  readonly timescale: number;
  /** Ticks from what its samples count to the movie's time line. */
  readonly shift: number;
  /** Ticks of 90 kHz. */
  readonly end: number;
}

function trackOnLine({ id, timescale, columns, first, end, start }: MediaTrack): TrackOnLine {
  const from = decodeTime(columns, first);
  const lasts = decodeTime(columns, end) - from;
  return { id, timescale, shift: start - from, end: rescale(start + lasts, timescale, 90_000) };
}

/** When a segment's first picture is presented, or where it has none its first sound; undefined behind the last segment. Ticks of 90 kHz. */
function beginning(earliest: FoundEvent['earliest'], line: readonly TrackOnLine[]): number | undefined {
  for (const { id, timescale, shift } of line) {
    const ticks = earliest.get(id);
    if (ticks !== undefined) return rescale(ticks + shift, timescale, 90_000);
  }
  return undefined;
}

/** Undefined when what it holds is not what its scheme says. @param begin of the segment that it came in */
function eventOf(message: FoundMessage, format: MetadataFormat, begin: number): MovieEvent | undefined {
  const time = rescale(message.time, message.timescale, 90_000) + (message.version === 0 ? begin : 0);
  if (format === 'id3') {
    const data = id3Tags(message.data);
    return data.length === 0 ? undefined : { format, time, arrival: time, data, key: keyOf(message) };
  }
  const { data } = message;
  const info = readSplice(data);
  // One that names no time takes effect when it comes.
  return (
    info && {
      format,
      time,
      arrival: info.ptsTime === undefined ? time : Math.min(begin, time),
      data,
      key: keyOf(message),
    }
  );
}

/**
 * By the standard, scheme, value and id tell events apart. There are writers whose events all have one id, so what they hold counts, too; their times
 * do not: those of a repeated message of version 0 differ.
 */
function keyOf({ schemeIdUri, value, id, data }: FoundMessage): string {
  return [schemeIdUri, value, id, new TextDecoder('latin1').decode(data)].join('\0');
}

function readSplice(section: Uint8Array): SpliceInfo | undefined {
  try {
    return parseSpliceInfo(section);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

function named(others: ReadonlySet<string>): string {
  const names = [...others].slice(0, namedSchemes).map((name) => name.slice(0, 200));
  const more = others.size - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
