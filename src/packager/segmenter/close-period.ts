import { PackagerError } from '../errors.js';
import type { IndexedPeriod, IndexedSegment } from '../model/asset-index.js';
import type { Samples } from '../model/samples.js';
import type { ReadOptions, SourceReader } from '../model/source-reader.js';
import { isNal, type Track } from '../model/track.js';
import { demuxSegment } from '../mpegts/demuxer.js';
import { frameDuration } from '../mpegts/missing-times.js';
import type { CaptionSearch } from './caption-search.js';
import { Fingerprint } from './fingerprint.js';
import { frameRate } from './frame-rate.js';

export interface WholeReading {
  readonly reader: SourceReader;
  /** Largest segment, bytes. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
  /** Where pictures are searched for captions. */
  readonly captions?: CaptionSearch | undefined;
  /** Ordinal in the rendition of the period's first segment, from 1: for errors. */
  readonly firstNumber: number;
}

/**
 * Reads the last segment of each track whole, so that the period's end is exact, and learns what can be learnt there: the frame rate,
 * and what makes equal audio recognisable.
 * @throws PackagerError
 */
export async function closePeriod(period: IndexedPeriod, reading: WholeReading): Promise<IndexedPeriod> {
  const ends: number[] = [];
  const tracks = [...period.tracks];
  const lasts = period.tracks.map((_, track) =>
    period.segments.findIndex(({ tracks: of }) => of[track]?.end === Infinity),
  );
  for (const last of new Set(lasts)) {
    const samples = await readSamples(period, last, reading);
    for (const [index, track] of period.tracks.entries()) {
      if (lasts[index] !== last) continue;
      ends[index] = endOf(track, samples[index] as Samples);
      tracks[index] = learnt(track, samples[index] as Samples);
      if (track.kind === 'video' && isNal(track.configuration))
        reading.captions?.addSamples(samples[index] as Samples, track.configuration.codec);
    }
  }
  return { ...period, tracks, segments: period.segments.map((segment) => withEnds(segment, ends)) };
}

/** Samples of a whole segment, read for the index. @throws PackagerError */
export async function readSamples(
  period: IndexedPeriod,
  index: number,
  { reader, limit, signal, firstNumber }: WholeReading,
): Promise<Samples[]> {
  const options: ReadOptions = { limit, ...(signal && { signal }) };
  const segment = period.segments[index] as IndexedSegment;
  const bytes = await reader.read(segment.source, options);
  const tail = segment.tail && (await reader.read(segment.tail, options));
  try {
    return demuxSegment(bytes, { period, segment }, tail);
  } catch (error) {
    throw error instanceof PackagerError ? error.at({ segment: firstNumber + index }) : error;
  }
}

/** The last sample lasts as long as the one before; a lone picture as the stream says, or 1/25 s. */
function endOf(track: Track, { decodeTimes }: Samples): number {
  const last = decodeTimes.at(-1) ?? 0;
  if (track.kind === 'audio') return last + track.configuration.frameLength;
  const before = decodeTimes.at(-2);
  return last + (before === undefined ? frameDuration(track.configuration.frameRate) : last - before);
}

function learnt(track: Track, { decodeTimes, data }: Samples): Track {
  if (track.kind === 'audio') return { ...track, fingerprint: `${track.fingerprint}-${digestOf(data)}` };
  const { frameRate: said, ...configuration } = track.configuration;
  const [first = 0] = decodeTimes;
  const { timescale } = track;
  const measured = {
    ...{ frames: decodeTimes.length - 1, ticks: (decodeTimes.at(-1) ?? 0) - first, timescale },
    inMilliseconds: decodeTimes.every((time) => ((time - first) * 1000) % timescale === 0),
  };
  const rate = frameRate(measured, said);
  return { ...track, configuration: { ...configuration, ...(rate && { frameRate: rate }) } };
}

function digestOf(data: readonly Uint8Array[]): string {
  const digest = new Fingerprint();
  for (const view of data) digest.bytes(view);
  return digest.toString();
}

function withEnds(segment: IndexedSegment, ends: readonly number[]): IndexedSegment {
  if (segment.tracks.every(({ end }) => end !== Infinity)) return segment;
  const tracks = segment.tracks.map((track, index) => {
    const close = (time: number) => (time === Infinity ? (ends[index] as number) : time);
    return { ...track, start: close(track.start), end: close(track.end) };
  });
  return { ...segment, tracks };
}
