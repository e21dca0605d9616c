import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { decode, mediaStreams, packetTimes, type DecodedStream, type PacketTimes } from '../support/ffmpeg.js';
import { fragmentTimes } from '../support/fragment-times.js';
import { readTracks, type PlayableTrack } from './result.js';
import type { MadeSource } from './source.js';

/** One stream of a source or of a result, decoded and measured, period by period. */
interface Measured {
  readonly name: string;
  readonly kind: 'video' | 'audio';
  readonly periods: readonly MeasuredPeriod[];
}

interface MeasuredPeriod {
  readonly frames: readonly string[];
  readonly times: PacketTimes;
  /** Of fragments, times are those that Media Source Extensions apply; of transport streams, those that ffprobe reads. */
  readonly fragmented: boolean;
}

/** The source as ffmpeg sees it, to be compared with as many results as wanted. */
export async function measureSource(source: MadeSource): Promise<Measured[]> {
  const renditions = await Promise.all(
    source.renditions.map(async (files, index) => measureFiles(`source rendition ${index + 1}`, files, packetTimes)),
  );
  return renditions.flat();
}

interface MeasuredFile {
  readonly decoded: DecodedStream[];
  readonly times: PacketTimes[];
  readonly fragmented: boolean;
}

/** By the digest of the file: HLS and DASH of one asset are the same segments, which need not be decoded twice. */
const measuredFiles = new Map<string, MeasuredFile>();

type ReadTimes = (file: string) => Promise<PacketTimes[]>;

const isFragmented = (file: string) => file.endsWith('.mp4');
/** Of what Reelway makes; an MP4 that is a source has edit lists, which ffmpeg applies. */
const resultTimes: ReadTimes = (file) => (isFragmented(file) ? fragmentTimes(file) : packetTimes(file));

async function measureFile(file: string, readTimes: ReadTimes): Promise<MeasuredFile> {
  const digest = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  const known = measuredFiles.get(digest);
  if (known) return known;
  const fragmented = readTimes === resultTimes && isFragmented(file);
  const measured = { decoded: await decode(file), times: await readTimes(file), fragmented };
  measuredFiles.set(digest, measured);
  return measured;
}

async function measureFiles(name: string, files: readonly string[], readTimes: ReadTimes): Promise<Measured[]> {
  const periods: MeasuredFile[] = [];
  for (const file of files) periods.push(await measureFile(file, readTimes));
  const kinds = periods[0]!.decoded.map(({ kind }) => kind);
  return kinds.map((kind, stream) => ({
    name: `${name} ${kind}`,
    kind,
    periods: periods.map(({ decoded, times, fragmented }) => ({
      frames: decoded[stream]!.frames,
      times: times.filter((each) => each.kind === kind)[kinds.slice(0, stream).filter((each) => each === kind).length]!,
      fragmented,
    })),
  }));
}

export interface Tolerance {
  /** 90 kHz ticks by which an audio frame may lie off the source's time stamp. */
  readonly audioTicks: number;
}

/** All that is wrong with what a manifest gives a player, compared with the source; empty when nothing is. */
export async function judge(
  source: readonly Measured[],
  manifest: string,
  scratch: string,
  tolerance: Tolerance,
): Promise<string[]> {
  const tracks = await readTracks(manifest, scratch);
  const problems: string[] = [];
  const found: { track: PlayableTrack; whole: Measured; result: Measured; origin: Measured }[] = [];
  for (const track of tracks) {
    const streams = await measureFiles(track.name, track.periods, resultTimes);
    if (streams.length !== 1 && track.periods.some((file) => file.endsWith('.mp4')))
      problems.push(`${track.name}: has ${streams.length} streams; a CMAF track has one`);
    for (const whole of streams) {
      const result = withoutSilence(whole);
      const origin = source.find((candidate) => sameFrames(candidate, result));
      if (origin) found.push({ track, whole, result, origin });
      else
        problems.push(`${track.name}: its ${result.kind} is that of no source rendition: ${nearest(source, result)}`);
    }
  }
  for (const stream of distinct(source))
    if (!found.some(({ result }) => sameFrames(stream, result)))
      problems.push(`${stream.name}: no track has its frames`);
  const periods = source[0]?.periods.length ?? 0;
  for (let period = 0; period < periods; period += 1) problems.push(...judgeTimes(found, period, tolerance));
  for (const { track, whole } of found) {
    const together = found.filter((other) => other.track === track).map((other) => other.whole);
    problems.push(...judgeDurations(track, whole, together));
  }
  return problems;
}

const fingerprint = ({ kind, periods }: Measured) => `${kind}:${periods.map(({ frames }) => frames.join()).join('|')}`;
const sameFrames = (a: Measured, b: Measured) => fingerprint(a) === fingerprint(b);

/** Sound that begins late in its source has silence before it, which here no source begins with. */
function withoutSilence(stream: Measured): Measured {
  if (stream.kind !== 'audio') return stream;
  const periods = stream.periods.map((period) => {
    const silent = silentFrames(period.frames);
    const packets = period.times.packets.slice(silent);
    return { ...period, frames: period.frames.slice(silent), times: { ...period.times, packets } };
  });
  return { ...stream, periods };
}

/** How many frames are the same at the beginning, and more than that one. */
function silentFrames(frames: readonly string[]): number {
  const other = frames.findIndex((frame) => frame !== frames[0]);
  return other > 1 ? other : 0;
}

function distinct(streams: readonly Measured[]): Measured[] {
  return [...new Map(streams.map((stream) => [fingerprint(stream), stream])).values()];
}

function nearest(source: readonly Measured[], result: Measured): string {
  return source
    .filter(({ kind }) => kind === result.kind)
    .map((candidate) => {
      const counts = candidate.periods.map(({ frames }, index) => {
        const got = result.periods[index]?.frames ?? [];
        const first = frames.findIndex((frame, at) => frame !== got[at]);
        return `${got.length} of ${frames.length} frames${first >= 0 ? `, other from frame ${first} on` : ''}`;
      });
      return `${candidate.name}: ${counts.join('; ')}`;
    })
    .join(' / ');
}

type Match = { readonly result: Measured; readonly origin: Measured };

/** One shift for all tracks of a period: exact for video, within the tolerance for audio; the earliest frame of all at 0. */
function judgeTimes(found: readonly Match[], period: number, tolerance: Tolerance): string[] {
  const problems: string[] = [];
  const lags = found.map(({ result, origin }) => lagsOf(result, origin, period));
  const video = found.findIndex(({ result }) => result.kind === 'video');
  const shift = lags[Math.max(video, 0)]?.[0] ?? 0;
  for (const [index, { result, origin }] of found.entries()) {
    const { times, fragmented } = result.periods[period]!;
    const { packets } = times;
    const allowed = result.kind === 'video' ? rounding(times, origin.periods[period]!.times) : tolerance.audioTicks;
    const off = lags[index]!.findIndex((lag) => Math.abs(lag - shift) > allowed + 1e-6);
    if (off >= 0)
      problems.push(
        `${result.name}, period ${period + 1}, sample ${off}: shifted by ${lags[index]![off]} ticks, the others by ${shift}`,
      );
    const gap = packets.findIndex(
      (packet, at) => fragmented && at > 0 && packet.decode !== packets[at - 1]!.decode + packets[at - 1]!.duration,
    );
    if (gap > 0)
      problems.push(
        `${result.name}, period ${period + 1}, sample ${gap}: its decode time is not the end of the one before`,
      );
  }
  if (found.some(({ result }) => !result.periods[period]!.fragmented)) return problems;
  const starts = found.map(({ result }) => {
    const { timescale, packets } = result.periods[period]!.times;
    return Math.min(...packets.map(({ presentation }) => presentation)) / timescale;
  });
  if (Math.abs(Math.min(...starts)) > 1 / 40_000)
    problems.push(`period ${period + 1} starts at ${Math.min(...starts)} s instead of 0`);
  return problems;
}

/** 90 kHz ticks by which times that are counted in other ticks than the source's may be off. */
function rounding(result: PacketTimes, origin: PacketTimes): number {
  return result.timescale === origin.timescale || result.timescale % origin.timescale === 0 ? 0 : 1;
}

/** 90 kHz ticks from the source's to the result's presentation time, for each sample in decode order. */
function lagsOf(result: Measured, origin: Measured, period: number): number[] {
  const { timescale, packets } = result.periods[period]!.times;
  const { packets: before, timescale: scale } = origin.periods[period]!.times;
  if (before.length !== packets.length) return [NaN];
  return packets.map(
    ({ presentation }, at) => (presentation * 90_000) / timescale - (before[at]!.presentation * 90_000) / scale,
  );
}

/**
 * What the manifest says a track lasts is what its samples last (or, in HLS, where they end on the period's time line). Before a
 * discontinuity it may be the end of the longest track instead, so that the next period starts alike in all playlists.
 */
function judgeDurations(track: PlayableTrack, result: Measured, together: readonly Measured[]): string[] {
  return result.periods.flatMap(({ times: { packets, timescale }, fragmented }, period) => {
    // In a transport stream sound and picture begin and end apart; the playlist goes by both.
    if (!fragmented && result.kind === 'audio') return [];
    const media = fragmented
      ? packets.reduce((sum, { duration }) => sum + duration, 0) / timescale
      : shownFor(together.map(({ periods }) => periods[period]!.times));
    const end = media + (fragmented ? packets[0]!.decode / timescale : 0);
    const said = track.durations[period]!;
    // The last frame of sound may be shorter in an MP4, which a transport stream cannot say.
    const allowed = period < result.periods.length - 1 || !fragmented ? 0.05 : 0.01;
    if (Math.min(Math.abs(media - said), Math.abs(end - said)) <= allowed) return [];
    return [`${track.name}: the manifest says ${said} s; its samples last ${media} s and end at ${end} s`];
  });
}

/** Seconds from the first presentation in any of these to the last end. */
function shownFor(streams: readonly PacketTimes[]): number {
  const seconds = streams.flatMap(({ packets, timescale }) =>
    packets.map(({ presentation, duration }) => [presentation / timescale, (presentation + duration) / timescale]),
  );
  return Math.max(...seconds.map(([, end]) => end!)) - Math.min(...seconds.map(([start]) => start!));
}

/**
 * All that ffmpeg's own reader of the manifest makes otherwise than the source. Stream by stream: asked for several at once, ffmpeg 5.1 loses
 * frames at the start of those that begin later than others.
 */
export async function judgeThroughManifest(source: readonly Measured[], manifest: string): Promise<string[]> {
  const got = new Map<string, string>();
  for (const index of await mediaStreams(manifest)) {
    const [stream] = await decode(manifest, `0:${index}`);
    if (!stream) continue;
    const frames = stream.kind === 'audio' ? stream.frames.slice(silentFrames(stream.frames)) : stream.frames;
    got.set(`${stream.kind}:${frames.join()}`, `stream ${index} (${stream.frames.length} frames of ${stream.kind})`);
  }
  const expected = new Map(distinct(source).map((stream) => [asOnePeriod(stream), stream.name]));
  return [
    ...[...expected].flatMap(([frames, name]) => (got.has(frames) ? [] : [`${name} is not among what ffmpeg decodes`])),
    ...[...got].flatMap(([frames, name]) =>
      expected.has(frames) ? [] : [`ffmpeg decodes ${name}, which no source has`],
    ),
  ];
}

const asOnePeriod = ({ kind, periods }: Measured) => `${kind}:${periods.flatMap(({ frames }) => frames).join()}`;
