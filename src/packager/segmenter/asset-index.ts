import { PackagerError } from '../errors.js';
import type { AssetIndex, IndexedPeriod, IndexedRendition } from '../model/asset-index.js';
import type { SourceReader } from '../model/source-reader.js';
import { sniffContent } from '../mpegts/sniff.js';
import { checkAlignment, checkPeriodCounts } from './align-renditions.js';
import { cutTransportStream } from './cut-transport-stream.js';
import { type IndexedMovies, indexMovies } from './index-movies.js';
import { carefulReader } from './careful-reader.js';
import { CaptionSearch } from './caption-search.js';
import { sourceDateRanges } from './date-ranges.js';
import { inParallel } from './in-parallel.js';
import { withTexts } from './index-texts.js';
import { indexPeriod } from './index-periods.js';
import { defaultLimits, type IndexLimits } from './limits.js';
import type { PeriodReading, StreamPeriod } from './period-source.js';
import { type PeriodSource, readPeriods } from './read-periods.js';
import { readPlaylists, type ReadPlaylists } from './read-playlists.js';
import { readSmilSource } from './read-smil-source.js';
import { checkContent } from './segment-head.js';
import type { SourceRendition } from './source-rendition.js';
import { eachOnce, textsOfRendition } from './text-source.js';

export interface IndexOptions {
  readonly limits?: Partial<IndexLimits>;
  /** Reads at once. Default: 8. */
  readonly concurrency?: number;
  /** Seconds: how long the segments get that a single transport stream is cut into, at least. Default: 6. */
  readonly segmentDuration?: number;
  /** Given to the reader with each read; once it is aborted, nothing more is read. */
  readonly signal?: AbortSignal;
}

/** Bytes that tell what a source is. */
const sniffedBytes = 4096;

/**
 * Finds out what a source holds and where: reads playlists and the heads of segments, the last segments whole, and no more; a single
 * transport stream is read through once, of an MP4 its movie box and the headers of its fragments.
 * @param uri a multivariant playlist, a media playlist, a transport stream, an MP4, or a SMIL document of MP4s; what it is decides its content, not its name
 * @throws PackagerError naming rendition, segment, byte and time of what is wrong; errors of the reader as they are
 */
export async function indexSource(source: SourceReader, uri: string, options: IndexOptions = {}): Promise<AssetIndex> {
  const { concurrency = 8, segmentDuration = 6, signal } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const reader = carefulReader(source, signal);
  const reading: PeriodReading = {
    ...{ reader, signal, limits, limit: limits.maximumSegmentBytes, spare: [] },
    run: (items, work) => inParallel(items, concurrency, work),
  };
  const head = await reader.readSome({ uri }, 0, sniffedBytes, signal && { signal });
  const kind = kindOf(head, uri);
  if (kind === 'MP4' || kind === 'SMIL') {
    const { renditions, texts } =
      kind === 'SMIL' ? await readSmilSource(uri, reading) : { renditions: [{ id: 'r1', uri }], texts: [] };
    const search = new CaptionSearch();
    const movies = await indexMovies(renditions, { ...reading, captions: search });
    return withTexts(captioned(movies.index, search.captions), [...texts, ...movies.texts], reading);
  }
  const playlists: ReadPlaylists =
    kind === 'playlist'
      ? await readPlaylists(uri, { reader, limits, concurrency, signal })
      : { renditions: [await cutTransportStream(uri, segmentDuration, reading)], texts: [], notes: [] };
  // What a playlist says of captions goes before what is found.
  const search = playlists.captions ? undefined : new CaptionSearch();
  const { index, texts } = await indexRenditions(playlists, { ...reading, captions: search });
  return withTexts(captioned(index, playlists.captions ?? search?.captions), [...playlists.texts, ...texts], reading);
}

function captioned(index: AssetIndex, captions: AssetIndex['captions']): AssetIndex {
  return captions ? { ...index, captions } : index;
}

async function indexRenditions({ renditions, notes }: ReadPlaylists, reading: PeriodReading): Promise<IndexedMovies> {
  const sources: PeriodSource[][] = [];
  for (const rendition of renditions) {
    // All pictures of a source have the same captions: the first rendition tells.
    const searched = sources.some(hasVideo);
    sources.push(await readPeriods(rendition, searched ? { ...reading, captions: undefined } : reading));
  }
  checkPeriodCounts(renditions.map(({ id, uri }, index) => ({ id, uri, periods: sources[index] as PeriodSource[] })));

  const periods: IndexedPeriod[][] = renditions.map(() => []);
  for (let period = 0; period < (sources[0]?.length ?? 0); period += 1) {
    const all = renditions.map((rendition, index) => ({ rendition, source: sources[index]?.[period] as PeriodSource }));
    for (const [index, indexed] of (await indexPeriod(all, reading)).entries()) periods[index]?.push(indexed);
  }
  const indexed = renditions.map(({ id, uri, variant, media, muxed }, index): IndexedRendition => {
    const named = (periods[index] as IndexedPeriod[]).map((period) =>
      media || !muxed ? inLanguage(period, media?.language) : withMuxed(period, muxed),
    );
    return { id, uri, ...(variant && { variant }), ...(media && { media }), periods: named };
  });
  checkAlignment(indexed);
  const { dateRanges, notes: onRanges } = sourceDateRanges(renditions);
  const texts = renditions.flatMap(({ uri }, index) =>
    textsOfRendition(
      uri,
      (sources[index] ?? []).map((period) => (period.format === 'fragments' ? period.texts : [])),
    ),
  );
  const index = {
    renditions: indexed,
    ...(dateRanges && { dateRanges }),
    notes: [...notes, ...onRanges, ...sources.flatMap((of, nth) => notesOn(of, renditions[nth]?.id ?? ''))],
  };
  return { index, texts: eachOnce(texts) };
}

function hasVideo(periods: readonly PeriodSource[]): boolean {
  return periods.some((period) =>
    period.format === 'stream' ? period.streams[0]?.content.kind === 'video' : period.tracks[0]?.kind === 'video',
  );
}

/** What the playlist says of a rendition's language goes before what its transport stream says. */
function inLanguage(period: IndexedPeriod, language: string | undefined): IndexedPeriod {
  if (language === undefined) return period;
  return { ...period, tracks: period.tracks.map((track) => (track.kind === 'audio' ? { ...track, language } : track)) };
}

/** What the playlist says of the sound that is muxed with a picture: of the first one, where there are several. */
function withMuxed(period: IndexedPeriod, { name, language }: NonNullable<SourceRendition['muxed']>): IndexedPeriod {
  const first = period.tracks.find(({ kind }) => kind === 'audio');
  const said = { name, ...(language !== undefined && { language }) };
  return { ...period, tracks: period.tracks.map((track) => (track === first ? { ...track, ...said } : track)) };
}

function notesOn(periods: readonly PeriodSource[], id: string): string[] {
  const streams = periods.filter((period) => period.format === 'stream');
  const names = new Set(streams.flatMap(({ leftOut }) => leftOut));
  const notes = [...names].map((name) => `${name} in rendition ${id} is left out: it is not supported yet.`);
  notes.push(...periods.flatMap((period) => (period.format === 'fragments' ? period.notes : [])));
  for (const stream of streams) notes.push(...notesOnStream(stream, id));
  return [...new Set(notes)];
}

function notesOnStream({ heads, streams }: StreamPeriod, id: string): string[] {
  const notes: string[] = [];
  const dropped = heads
    .flatMap(({ tracks }) => tracks)
    .find((head) => head?.kind === 'video' && head.droppedPictures > 0);
  if (dropped?.kind === 'video')
    notes.push(
      `${dropped.droppedPictures} pictures before the first key frame of rendition ${id} are left out: they cannot be decoded.`,
    );
  for (const [index, { pid, content }] of streams.entries()) {
    if (heads.every(({ tracks }) => !tracks[index]))
      notes.push(`PID ${pid} (${content.name}) of rendition ${id} is announced and empty.`);
  }
  return notes;
}

function kindOf(head: Uint8Array, uri: string): 'playlist' | 'transport stream' | 'MP4' | 'SMIL' {
  const content = sniffContent(head);
  if (content === 'playlist' || content === 'MP4' || content === 'SMIL') return content;
  try {
    checkContent(head);
  } catch (error) {
    throw error instanceof PackagerError ? error.at({ uri }) : error;
  }
  return 'transport stream';
}
