import { silentFrame } from '../codec/aac/silent-frame.js';
import { concat } from '../isobmff/box.js';
import type { AssetIndex, IndexedPeriod, IndexedSegment, IndexedTrackSegment, Silence } from '../model/asset-index.js';
import type { Samples } from '../model/samples.js';
import type { AacConfiguration, AudioTrack, Track } from '../model/track.js';
import { joinSamples } from '../model/split-samples.js';

/** Seconds by which sound may begin late: what players bridge without a person noticing. */
const bridged = 0.1;

/**
 * Sound that begins later than its period, with silence before it, and sound that ends segments before what is in the same ones, with silence in
 * these. Players of Media Source Extensions play where both picture and sound are: they would leave out the picture, stand still, or refuse a
 * segment without its sound; and those that lay the segments of HLS end to end would play sound too early, and end with the shorter playlist.
 * EXT-X-GAP (RFC 8216bis §4.4.4.7) would only say what is missing. Of AAC alone: other sound begins and ends as it does.
 */
export function withSilence(index: AssetIndex): AssetIndex {
  const renditions = index.renditions.map((rendition) => ({ ...rendition, periods: rendition.periods.map(filled) }));
  return { ...index, renditions };
}

/** A sentence for each rendition that has some. */
export function silenceNotes({ renditions }: AssetIndex): string[] {
  return renditions.flatMap(({ id, periods }) => {
    const seconds = Math.max(0, ...lengths(periods));
    return seconds === 0
      ? []
      : [`${seconds.toFixed(2)} s of silence are added to the sound of ${id}, which begins late or ends early.`];
  });
}

/** Seconds of silence of each track, all periods together. */
function lengths(periods: readonly IndexedPeriod[]): number[] {
  const found: number[] = [];
  for (const { tracks, segments } of periods)
    for (const { tracks: parts } of segments)
      for (const [position, { silence }] of parts.entries()) {
        const track = tracks[position];
        if (!silence || !track || !isAac(track)) continue;
        found[position] = (found[position] ?? 0) + (silence.frames * frameTicks(track)) / track.timescale;
      }
  return found.filter(Boolean);
}

function filled(period: IndexedPeriod): IndexedPeriod {
  return period.tracks.reduce((before, track, position) => {
    if (!isAac(track) || !silentFrame(track.configuration)) return before;
    const first = before.segments.findIndex((segment) => hasSamples(segment, position));
    const start = before.segments[first]?.tracks[position]?.start ?? 0;
    const begun =
      start <= bridged * track.timescale
        ? before
        : { ...before, segments: fillUntil(before, { track, position, first, start }) };
    return first < 0 ? before : { ...begun, segments: fillAfter(begun, track, position) };
  }, period);
}

/** Segments without sound after its last one; that one lasts until the first of them, as it would before a hole. */
function fillAfter(period: IndexedPeriod, track: AacTrack, position: number): IndexedSegment[] {
  const last = period.segments.findLastIndex((segment) => hasSamples(segment, position));
  const from = period.segments[last]?.tracks[position]?.end ?? 0;
  const ticks = frameTicks(track);
  const gridAfter = (segment: IndexedSegment) =>
    from + Math.ceil((segmentEnd(period, segment) * track.timescale - from) / ticks) * ticks;
  return period.segments.map((segment, at) => {
    const next = period.segments[at + 1];
    if (at < last || (at === last && !next)) return segment;
    const part = segment.tracks[position] as IndexedTrackSegment;
    const end = Math.round(gridAfter(segment));
    if (at === last)
      return { ...segment, tracks: segment.tracks.with(position, { ...part, end: Math.max(end, part.end) }) };
    const start = Math.max(Math.round(gridAfter(period.segments[at - 1] as IndexedSegment)), from);
    const frames = Math.round((end - start) / ticks);
    const silence: Silence = { frames, end };
    return frames <= 0
      ? segment
      : { ...segment, tracks: segment.tracks.with(position, { ...part, start, end, sap: 1, silence }) };
  });
}

function isAac(track: Track): track is AacTrack {
  return track.kind === 'audio' && track.configuration.codec === 'aac';
}

type AacTrack = AudioTrack & { readonly configuration: AacConfiguration };

interface LateTrack {
  readonly track: AacTrack;
  readonly position: number;
  /** The segment in which it begins. */
  readonly first: number;
  /** ticks */
  readonly start: number;
}

/** Whole frames from 0 on, each in the segment in which it begins; the last one lasts until the sound begins, which is less than two. */
function fillUntil(period: IndexedPeriod, { track, position, first, start }: LateTrack): IndexedSegment[] {
  const ticks = frameTicks(track);
  const all = Math.floor(start / ticks);
  const timeOf = (frame: number) => (frame === all ? start : Math.round(frame * ticks));
  let done = 0;
  return period.segments.map((segment, at) => {
    if (at > first) return segment;
    const until = at === first ? start : segmentEnd(period, segment) * track.timescale;
    let next = done;
    while (next < all && timeOf(next) < until) next += 1;
    const part = segment.tracks[position] as IndexedTrackSegment;
    const end = at === first ? part.end : timeOf(next);
    const silence: Silence = { frames: next - done, end: timeOf(next) };
    const changed = { ...part, start: timeOf(done), end, ...(next > done && { sap: 1 as const, silence }) };
    done = next;
    return { ...segment, tracks: segment.tracks.with(position, changed) };
  });
}

function frameTicks({ timescale, configuration }: AacTrack): number {
  return (configuration.frameLength * timescale) / configuration.sampleRate;
}

function hasSamples({ tracks }: IndexedSegment, position: number): boolean {
  const { start, end } = tracks[position] ?? { start: 0, end: 0 };
  return end > start;
}

/** Seconds: where its other tracks end, the first that holds samples. */
function segmentEnd({ tracks }: IndexedPeriod, segment: IndexedSegment): number {
  const position = tracks.findIndex((_, at) => hasSamples(segment, at));
  return (segment.tracks[position]?.end ?? 0) / (tracks[position]?.timescale ?? 1);
}

/** As its source has it. */
export function withoutSilence<Segment extends IndexedSegment>(segment: Segment): Segment {
  if (segment.tracks.every(({ silence }) => !silence)) return segment;
  return {
    ...segment,
    tracks: segment.tracks.map((part) => (part.silence ? { ...part, start: part.silence.end } : part)),
  };
}

/** Samples of the source behind the silence that the plan puts before them. */
export function afterSilence(
  samples: Samples,
  track: Track | undefined,
  part: IndexedTrackSegment | undefined,
): Samples {
  if (!part?.silence || !track || !isAac(track)) return samples;
  const frame = silentFrame(track.configuration) ?? new Uint8Array();
  const ticks = frameTicks(track);
  const before = Array.from({ length: part.silence.frames }, (_, at) => part.start + Math.round(at * ticks));
  return joinSamples([
    {
      data: [concat(...before.map(() => frame))],
      sizes: before.map(() => frame.length),
      decodeTimes: before,
      compositionOffsets: before.map(() => 0),
      sync: before.map(() => true),
    },
    samples,
  ]);
}
