import { PackagerError } from '../errors.js';
import type { IndexedPeriod } from '../model/asset-index.js';
import { refuseShortEnd } from '../mpegts/cut-off.js';
import type { UnitTime } from '../mpegts/mark-times.js';
import { closePeriod, readSamples, type WholeReading } from './close-period.js';
import type { FragmentPeriod } from './fragment-period.js';
import { earliest, type Moment } from './movie-origin.js';
import { openFragments } from './open-fragments.js';
import { withEvents } from './place-events.js';
import type { PeriodReading, StreamPeriod } from './period-source.js';
import type { PeriodSource } from './read-periods.js';
import type { SourceRendition } from './source-rendition.js';
import { openPeriod } from './time-line.js';
import { unwrapHeads } from './unwrap-heads.js';

/** One period in one rendition. */
export interface RenditionPeriod<Source = PeriodSource> {
  readonly rendition: SourceRendition;
  readonly source: Source;
}

type Times = readonly (readonly (UnitTime | undefined)[])[];
type Reading = Pick<PeriodReading, 'reader' | 'limits' | 'limit' | 'signal'>;

/**
 * Puts one period of all renditions on one time line, whose 0 is the earliest presentation time of any.
 * @returns the period in each rendition @throws PackagerError
 */
export async function indexPeriod(all: readonly RenditionPeriod[], reading: Reading): Promise<IndexedPeriod[]> {
  const fragments = all.filter(isFragments);
  const streams = all.filter(isStream);
  const first = fragments.length > 0 ? earliest(fragments.flatMap(({ source }) => source.tracks)) : undefined;
  if (streams.length === 0 && first) return openAll(fragments, first);
  // Both kinds tell their times by one clock: of transport streams, it is the one that counts in ticks of 90 kHz.
  const ticks = first && Math.floor((first.ticks * 90_000) / first.timescale);
  const indexed = await indexStreams(streams, ticks, reading);
  const opened = await openAll(fragments, { ticks: indexed[0]?.origin ?? 0, timescale: 90_000 });
  const done = new Map<RenditionPeriod, IndexedPeriod>();
  for (const [index, period] of streams.entries()) done.set(period, indexed[index] as IndexedPeriod);
  for (const [index, period] of fragments.entries()) done.set(period, opened[index] as IndexedPeriod);
  return all.map((period) => done.get(period) as IndexedPeriod);

  async function openAll(
    periods: readonly RenditionPeriod<FragmentPeriod>[],
    origin: Moment,
  ): Promise<IndexedPeriod[]> {
    const opened: IndexedPeriod[] = [];
    for (const { rendition, source } of periods)
      opened.push(await openFragments(source, { origin, alone: all.length === 1, rendition: rendition.id }, reading));
    return withEvents(
      opened,
      periods.flatMap(({ source }) => source.events),
    );
  }
}

function isFragments(period: RenditionPeriod): period is RenditionPeriod<FragmentPeriod> {
  return period.source.format === 'fragments';
}

function isStream(period: RenditionPeriod): period is RenditionPeriod<StreamPeriod> {
  return period.source.format === 'stream';
}

/** @param other when what is no transport stream begins, ticks of 90 kHz */
async function indexStreams(
  all: readonly RenditionPeriod<StreamPeriod>[],
  other: number | undefined,
  reading: Omit<WholeReading, 'firstNumber'>,
): Promise<IndexedPeriod[]> {
  const reference = other ?? firstTime(all);
  const times = all.map((period) => inRendition(period, () => unwrapAll(period, reference)));
  const earliest = times.flat(2).reduce((least, time) => Math.min(least, time?.pts ?? Infinity), other ?? Infinity);
  const open = (origin: number) =>
    all.map((period, index) => inRendition(period, () => openPeriod(period.source, times[index] as Times, origin)));
  const opened = open(earliest);
  let before = 0;
  for (const [index, period] of opened.entries()) {
    const of = all[index] as RenditionPeriod<StreamPeriod>;
    const leading = await inWhole(of, reading, (whole) => leadingPictures(period, whole));
    before = Math.min(before, leading);
  }
  const settled = before < 0 ? open(earliest + before) : opened;
  const closed: IndexedPeriod[] = [];
  for (const [index, period] of settled.entries()) {
    const of = all[index] as RenditionPeriod<StreamPeriod>;
    const whole = await inWhole(of, reading, (reading) => closePeriod(period, reading));
    inRendition(of, () => refuseShort(whole, of.source));
    closed.push(whole);
  }
  return closed;
}

/** The segment after it shows where any other ends; the last has only what the playlist says. */
function refuseShort(period: IndexedPeriod, { segments }: StreamPeriod): void {
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
function firstTime(all: readonly RenditionPeriod<StreamPeriod>[]): number {
  for (const { source } of all) {
    for (const { tracks } of source.heads) for (const track of tracks) if (track) return track.dts;
  }
  const [first] = all;
  throw new PackagerError('source_invalid', 'neither video nor audio: no sample in any segment', {
    ...(first && { uri: first.rendition.uri, rendition: first.rendition.id }),
  });
}

function unwrapAll({ source, rendition }: RenditionPeriod<StreamPeriod>, reference: number): Times {
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
