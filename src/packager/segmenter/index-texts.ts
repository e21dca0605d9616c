import { MalformedError } from '../bits/malformed.js';
import { readText } from '../codec/read-text.js';
import { joinCues } from '../codec/webvtt/join-cues.js';
import { shiftTimes } from '../codec/webvtt/text-times.js';
import { cueShift } from '../codec/webvtt/timestamp-map.js';
import { PackagerError } from '../errors.js';
import type { AssetIndex, IndexedPeriod, IndexedText } from '../model/asset-index.js';
import { type Cue, type TextDocument, textTimescale } from '../model/text.js';
import { sniffContent } from '../mpegts/sniff.js';
import { gatherFragments, type GatherReading } from './fragment-period.js';
import { inParallel } from './in-parallel.js';
import { opened } from './index-movies.js';
import { openTexts, type TextTrack } from './open-texts.js';
import type { PeriodReading } from './period-source.js';
import { readMovieFile } from './read-movie.js';
import type { SourceSegment } from './source-rendition.js';
import type { TextBesideMedia, TextSource } from './text-source.js';

/** Reads of one rendition at once: segments of text are small and many. */
const readsAtOnce = 8;

type TextReading = Pick<PeriodReading, 'reader' | 'limits' | 'signal'>;

/**
 * The index with its subtitles: read whole, put on the time lines of the periods, and each cue made one again.
 * @throws PackagerError naming the segment that cannot be read; errors of the reader
 */
export async function withTexts(
  index: AssetIndex,
  sources: readonly (TextSource | TextBesideMedia)[],
  reading: TextReading,
): Promise<AssetIndex> {
  if (sources.length === 0) return index;
  const periods = textPeriods(index);
  const notes: string[] = [];
  const texts: IndexedText[] = [];
  for (const [nth, source] of sources.entries()) {
    const { uri, media } = source;
    const documents =
      'segments' in source
        ? await indexText(source, periods, { ...reading, notes })
        : source.documents.flatMap((document, period) =>
            document ? [{ ...shifted(document, -(periods[period]?.origin ?? 0)), period }] : [],
          );
    const id = 'segments' in source ? source.id : `t${nth + 1}`;
    texts.push(assemble({ id, uri, media }, documents, { periods, notes }));
  }
  return { ...index, texts, notes: [...index.notes, ...notes] };
}

/** What of a period text must know. Ticks are those of text, which are those of a transport stream. */
interface TextPeriod {
  readonly origin: number;
  /** ticks on its time line */
  readonly end: number;
}

function textPeriods({ renditions }: AssetIndex): TextPeriod[] {
  return (renditions[0]?.periods ?? []).map(({ origin }, index) => ({
    origin,
    end: Math.max(...renditions.map(({ periods }) => endOf(periods[index]))),
  }));
}

function endOf(period: IndexedPeriod | undefined): number {
  const ends = (period?.tracks ?? []).map(({ timescale }, track) => {
    const end = period?.segments.reduce((most, { tracks }) => Math.max(most, tracks[track]?.end ?? 0), 0) ?? 0;
    return Math.ceil((end / timescale) * textTimescale);
  });
  return Math.max(0, ...ends);
}

/** What one segment, or all of one period, shows: cues on the period's time line. */
interface PlacedDocument extends TextDocument {
  readonly period: number;
}

interface IndexingText extends TextReading {
  readonly notes: string[];
}

async function indexText(
  source: TextSource,
  periods: readonly TextPeriod[],
  reading: IndexingText,
): Promise<PlacedDocument[]> {
  const placed = placeSegments(source.segments, periods);
  if (source.segments.some(({ map }) => map)) return readFragments(source, { placed, periods }, reading);
  let left = reading.limits.maximumTextBytes;
  const charge = (size: number) => {
    if ((left -= size) >= 0) return;
    throw new PackagerError(
      'source_too_large',
      `subtitles of more than ${reading.limits.maximumTextBytes} bytes (maximumTextBytes)`,
      { uri: source.uri },
    );
  };
  const documents = await inParallel(placed, readsAtOnce, async ({ segment, period, time }) => {
    const bytes = await reading.reader.read(segment.range, {
      limit: reading.limits.maximumTextBytes,
      ...(reading.signal && { signal: reading.signal }),
    });
    charge(bytes.length);
    const { origin } = periods[period] as TextPeriod;
    if (sniffContent(bytes) === 'MP4')
      return { ...shifted(await readTextMovie(source, segment, reading), -origin), period };
    const document = located({ segment, id: source.id }, () => readText(bytes));
    // Documents may show more than they hold: TTML repeats text as spans come and go.
    charge(Math.max(0, document.cues.reduce((sum, { text }) => sum + text.length, 0) - bytes.length));
    const begin = origin + time;
    const place = { begin, end: begin + (segment.duration ?? Infinity) * textTimescale };
    return { ...shifted(document, cueShift(document.timestampMap, place, document.cues[0]?.start) - origin), period };
  });
  return documents;
}

/** A document that lies in an MP4 of its own. */
async function readTextMovie(
  { id, uri }: TextSource,
  { number }: SourceSegment,
  reading: IndexingText,
): Promise<TextDocument> {
  try {
    return only(await openTexts(opened(await readMovieFile(uri, reading), reading), reading));
  } catch (error) {
    throw error instanceof PackagerError ? error.at({ uri, rendition: id, segment: number }) : error;
  }
}

/** Segments of fragmented MP4: those of a period go on in one another. */
async function readFragments(
  { id, uri }: TextSource,
  { placed, periods }: { placed: readonly PlacedSegment[]; periods: readonly TextPeriod[] },
  reading: IndexingText,
): Promise<PlacedDocument[]> {
  const documents: PlacedDocument[] = [];
  for (const [period, { origin }] of periods.entries()) {
    const segments = placed.filter((each) => each.period === period).map(({ segment }) => segment);
    if (segments.length === 0) continue;
    const run: GatherReading['run'] = (items, work) => inParallel(items, readsAtOnce, work);
    const { movie } = await gatherFragments({ id, uri }, segments, { ...reading, run });
    try {
      documents.push({ ...shifted(only(await openTexts(movie, reading)), -origin), period });
    } catch (error) {
      throw error instanceof PackagerError ? error.at({ uri, rendition: id }) : error;
    }
  }
  return documents;
}

function only(texts: readonly TextTrack[]): TextDocument {
  const [text, ...others] = texts;
  if (text && others.length === 0) return text.document;
  throw new PackagerError(
    'source_unsupported',
    `${texts.length} tracks of subtitles (wvtt, stpp, tx3g) in one rendition; exactly one is needed`,
  );
}

function shifted<Document extends TextDocument>(document: Document, ticks: number): Document {
  const cues = document.cues.map((cue) => ({
    ...cue,
    start: cue.start + ticks,
    end: cue.end + ticks,
    text: shiftTimes(cue.text, ticks),
  }));
  return { ...document, cues };
}

/** The cues of each period, each one again, with notes on those that are left out. */
function assemble(
  { id, uri, media }: Omit<IndexedText, 'periods'>,
  documents: readonly PlacedDocument[],
  { periods, notes }: { readonly periods: readonly TextPeriod[]; readonly notes: string[] },
): IndexedText {
  const broken = documents.reduce((sum, document) => sum + document.broken, 0);
  if (broken > 0) notes.push(`${broken} cues of ${uri} are left out: they are broken.`);
  let outside = 0;
  const indexed = periods.map(({ end }, period) => {
    const own = documents.filter((document) => document.period === period);
    const joined = joinCues(own.map(({ cues }) => cues));
    const within = joined.flatMap((cue) => clipped(cue, end));
    outside += joined.length - within.length;
    const [styles, regions] = [own.flatMap((document) => document.styles), own.flatMap((document) => document.regions)];
    return { styles: [...new Set(styles)], regions: [...new Set(regions)], cues: within };
  });
  if (outside > 0)
    notes.push(`${outside} cues of ${uri} are left out: their times are before the media begins or after its end.`);
  return { id, uri, media, periods: indexed };
}

/** What of a cue lies within the period. */
function clipped(cue: Cue, end: number): Cue[] {
  if (cue.end <= 0 || cue.start >= end) return [];
  return [{ ...cue, start: Math.max(0, cue.start), end: Math.min(end, cue.end) }];
}

interface PlacedSegment {
  readonly segment: SourceSegment;
  readonly period: number;
  /** About where it begins on the period's time line, ticks. */
  readonly time: number;
}

/** By discontinuities, where text has as many as the media, else by when a segment begins. */
function placeSegments(segments: readonly SourceSegment[], periods: readonly TextPeriod[]): PlacedSegment[] {
  const counted = segments.filter(({ discontinuity }, index) => discontinuity || index === 0).length === periods.length;
  let [period, time] = [0, 0];
  return segments.map((segment, index) => {
    if (counted && segment.discontinuity && index > 0) [period, time] = [period + 1, 0];
    const lasts = (segment.duration ?? 0) * textTimescale;
    while (!counted && period + 1 < periods.length && time + lasts / 2 >= (periods[period]?.end ?? Infinity)) {
      time -= periods[period]?.end ?? 0;
      period += 1;
    }
    const placed = { segment, period, time };
    time += lasts;
    return placed;
  });
}

function located<T>({ segment, id }: { segment: SourceSegment; id: string }, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new PackagerError(
      'source_invalid',
      error.message,
      { uri: segment.range.uri, rendition: id, segment: segment.number },
      { cause: error },
    );
  }
}
