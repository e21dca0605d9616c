import { PackagerError } from '../errors.js';
import type { IndexedPeriod } from '../model/asset-index.js';
import { refuseShortEnd } from '../mpegts/cut-off.js';
import type { UnitTime } from '../mpegts/mark-times.js';
import { closePeriod, readSamples, type WholeReading } from './close-period.js';
import type { PeriodSource } from './period-source.js';
import type { SourceRendition } from './source-rendition.js';
import { openPeriod } from './time-line.js';
import { unwrapHeads } from './unwrap-heads.js';

/** One period in one rendition. */
export interface RenditionPeriod {
  readonly rendition: SourceRendition;
  readonly source: PeriodSource;
}

type Times = readonly (readonly (UnitTime | undefined)[])[];

/**
 * Puts one period of all renditions on one time line, whose 0 is the earliest presentation time of any.
 * @returns the period in each rendition @throws PackagerError
 */
export async function indexPeriod(
  all: readonly RenditionPeriod[],
  reading: Omit<WholeReading, 'firstNumber'>,
): Promise<IndexedPeriod[]> {
  const reference = firstTime(all);
  const times = all.map((period) => inRendition(period, () => unwrapAll(period, reference)));
  const earliest = times.flat(2).reduce((least, time) => Math.min(least, time?.pts ?? Infinity), Infinity);
  const open = (origin: number) =>
    all.map((period, index) => inRendition(period, () => openPeriod(period.source, times[index] as Times, origin)));
  const opened = open(earliest);
  let before = 0;
  for (const [index, period] of opened.entries()) {
    const leading = await inWhole(all[index] as RenditionPeriod, reading, (whole) => leadingPictures(period, whole));
    before = Math.min(before, leading);
  }
  const settled = before < 0 ? open(earliest + before) : opened;
  const closed: IndexedPeriod[] = [];
  for (const [index, period] of settled.entries()) {
    const of = all[index] as RenditionPeriod;
    const whole = await inWhole(of, reading, (reading) => closePeriod(period, reading));
    inRendition(of, () => refuseShort(whole, of.source));
    closed.push(whole);
  }
  return closed;
}

/** The segment after it shows where any other ends; the last has only what the playlist says. */
function refuseShort(period: IndexedPeriod, { segments }: RenditionPeriod['source']): void {
  const segment = period.segments.at(-1);
  const said = segments.at(-1);
  if (!segment || !said) return;
  try {
    refuseShortEnd(said.duration, { period, segment });
  } catch (error) {
    throw error instanceof PackagerError ? error.at({ segment: said.number, uri: segment.source.uri }) : error;
  }
}

/** Decode time of the first sample of the first stream that has any: what all other time stamps of the period are near to. */
function firstTime(all: readonly RenditionPeriod[]): number {
  for (const { source } of all) {
    for (const { tracks } of source.heads) for (const track of tracks) if (track) return track.dts;
  }
  const [first] = all;
  throw new PackagerError('source_invalid', 'neither video nor audio: no sample in any segment', {
    ...(first && { uri: first.rendition.uri, rendition: first.rendition.id }),
  });
}

function unwrapAll({ source, rendition }: RenditionPeriod, reference: number): Times {
  const times = source.streams.map((_, track) => unwrapHeads(source, track, reference));
  if (times.some((stamps) => stamps.some((time) => time))) return times;
  throw new PackagerError('source_invalid', 'neither video nor audio: no sample in any segment', {
    uri: rendition.uri,
  });
}

/**
 * An open GOP at the very start is preceded in display by pictures that follow it in decoding: how far before time 0 they are, in ticks
 * of 90 kHz, or 0.
 */
async function leadingPictures(period: IndexedPeriod, reading: WholeReading): Promise<number> {
  if (period.tracks[0]?.kind !== 'video' || period.segments[0]?.tracks[0]?.sap === 1) return 0;
  const [video] = await readSamples(period, 0, reading);
  const times = video?.decodeTimes.map((time, index) => time + (video.compositionOffsets[index] ?? 0)) ?? [];
  return times.reduce((least, time) => Math.min(least, time), 0);
}

function inRendition<T>({ rendition }: RenditionPeriod, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof PackagerError ? error.at({ rendition: rendition.id, uri: rendition.uri }) : error;
  }
}

/** Reading whole segments knows which they are within the period. */
async function inWhole<T>(
  { rendition, source }: RenditionPeriod,
  reading: Omit<WholeReading, 'firstNumber'>,
  work: (whole: WholeReading) => Promise<T>,
): Promise<T> {
  try {
    return await work({ ...reading, firstNumber: source.segments[0]?.number ?? 1 });
  } catch (error) {
    throw error instanceof PackagerError ? error.at({ rendition: rendition.id, uri: rendition.uri }) : error;
  }
}
