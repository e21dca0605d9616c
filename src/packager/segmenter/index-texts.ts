import { MalformedError } from '../bits/malformed.js';
import { readText } from '../codec/read-text.js';
import { joinCues } from '../codec/webvtt/join-cues.js';
import { cueShift } from '../codec/webvtt/timestamp-map.js';
import { PackagerError } from '../errors.js';
import type { AssetIndex, IndexedPeriod, IndexedText } from '../model/asset-index.js';
import { type Cue, textTimescale } from '../model/text.js';
import { inParallel } from './in-parallel.js';
import type { PeriodReading } from './period-source.js';
import type { SourceSegment } from './source-rendition.js';
import type { TextSource } from './text-source.js';

/** Reads of one rendition at once: segments of text are small and many. */
const readsAtOnce = 8;

type TextReading = Pick<PeriodReading, 'reader' | 'limits' | 'signal'>;

/**
 * The index with its subtitles: read whole, put on the time lines of the periods, and each cue made one again.
 * @throws PackagerError naming the segment that cannot be read; errors of the reader
 */
export async function withTexts(
  index: AssetIndex,
  sources: readonly TextSource[],
  reading: TextReading,
): Promise<AssetIndex> {
  if (sources.length === 0) return index;
  const periods = textPeriods(index);
  const notes: string[] = [];
  const texts: IndexedText[] = [];
  for (const source of sources) texts.push(await indexText(source, periods, { ...reading, notes }));
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

async function indexText(
  { id, uri, media, segments }: TextSource,
  periods: readonly TextPeriod[],
  reading: TextReading & { readonly notes: string[] },
): Promise<IndexedText> {
  const placed = placeSegments(segments, periods);
  let left = reading.limits.maximumTextBytes;
  const documents = await inParallel(placed, readsAtOnce, async ({ segment, period, time }) => {
    const bytes = await reading.reader.read(segment.range, {
      limit: reading.limits.maximumTextBytes,
      ...(reading.signal && { signal: reading.signal }),
    });
    if ((left -= bytes.length) < 0)
      throw new PackagerError(
        'source_too_large',
        `subtitles of more than ${reading.limits.maximumTextBytes} bytes (maximumTextBytes)`,
        { uri },
      );
    const { origin } = periods[period] as TextPeriod;
    const document = located({ segment, id }, () => readText(bytes));
    const shift = cueShift(document.timestampMap, origin + time) - origin;
    const cues = document.cues.map((cue) => ({ ...cue, start: cue.start + shift, end: cue.end + shift }));
    return { ...document, cues, period };
  });
  const broken = documents.reduce((sum, document) => sum + document.broken, 0);
  if (broken > 0) reading.notes.push(`${broken} cues of ${uri} are left out: they are broken.`);
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
    reading.notes.push(
      `${outside} cues of ${uri} are left out: their times are before the media begins or after its end.`,
    );
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
