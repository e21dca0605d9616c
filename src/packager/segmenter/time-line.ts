import type { IndexedPeriod, IndexedSegment, IndexedTrackSegment } from '../model/asset-index.js';
import type { AudioConfiguration, AudioTrack, Track, VideoTrack } from '../model/track.js';
import { snapToGrid } from '../mpegts/audio-times.js';
import type { UnitTime } from '../mpegts/mark-times.js';
import { rescale } from '../timing/timescale.js';
import { audioConfiguration, audioJitter } from './audio-configuration.js';
import { Fingerprint } from './fingerprint.js';
import { canonicalLanguage } from '../model/language.js';
import type { StreamPeriod } from './period-source.js';
import type { AudioHead, VideoHead } from './track-head.js';
import { videoConfiguration } from './video-configuration.js';

/**
 * Puts a period of a rendition on its time line. What only reading the last samples of each track tells stays open: `end` there is Infinity.
 * @param times per stream and segment, unwrapped @param origin the period's time 0, the same for every rendition
 * @throws PackagerError
 */
export function openPeriod(
  source: StreamPeriod,
  times: readonly (readonly (UnitTime | undefined)[])[],
  origin: number,
): IndexedPeriod {
  // A stream without any sample in the period is announced and never comes: it is no track of it.
  const present = source.streams.flatMap((stream, index) => {
    const stamps = times[index] as (UnitTime | undefined)[];
    return stamps.some((time) => time) ? [{ stream, index, stamps }] : [];
  });
  const tracks = present.map(({ index, stamps }) => newTrack(source, index, stamps));
  const open = tracks.map((track, ordinal) => {
    const { stamps, index } = present[ordinal] as (typeof present)[0];
    return openTrack(
      index,
      track.kind === 'video' ? videoStarts(track, stamps, origin) : audioStarts(track, stamps, origin),
    );
  });
  const segments = source.segments.map((_, at) => openSegment(source, at, open));
  const tablesFirst = source.heads.every((head) => head.tablesFirst);
  const { metadata, packed, leftOut } = source;
  return {
    origin,
    tracks,
    ...(packed && { packed }),
    ...(metadata.length > 0 && { metadata }),
    ...(tablesFirst && { tablesFirst }),
    ...(leftOut.length > 0 && { holdsMore: true as const }),
    segments,
  };
}

function newTrack(source: StreamPeriod, index: number, stamps: readonly (UnitTime | undefined)[]): Track {
  const { pid, language, content } = source.streams[index] as StreamPeriod['streams'][0];
  const heads = source.heads.flatMap(({ tracks }) => tracks[index] ?? []);
  const first = stamps.find((time) => time) as UnitTime;
  if (content.kind === 'video') {
    const configuration = videoConfiguration(heads as VideoHead[], content.codec);
    return { kind: 'video', pid, configuration, timescale: 90_000, decodeShift: first.pts - first.dts };
  }
  const audio = heads as AudioHead[];
  const configuration = audioConfiguration(audio);
  const tag = canonicalLanguage(language);
  return {
    kind: 'audio',
    pid,
    configuration,
    ...(content.kind === 'audio' && content.framing !== 'adts' && { framing: content.framing }),
    timescale: configuration.sampleRate,
    ...(tag !== undefined && { language: tag }),
    jitter: audioJitter(audio),
    fingerprint: fingerprintOf(configuration, audio, stamps),
  };
}

/** Equal for the same audio in several renditions, as far as heads tell; closing the period adds the last segment's bytes. */
function fingerprintOf(
  configuration: AudioConfiguration,
  heads: readonly AudioHead[],
  stamps: readonly (UnitTime | undefined)[],
): string {
  const digest = new Fingerprint();
  if (configuration.codec === 'aac') digest.bytes(configuration.audioSpecificConfig);
  else digest.text(`${configuration.codecString} ${configuration.sampleRate} ${configuration.channels}`);
  for (const stamp of stamps) digest.text(String(stamp?.pts));
  for (const head of heads) digest.text(head.digest);
  return digest.toString();
}

/** Decode time of each segment's first sample, in ticks of the track; undefined where it has none. */
type Starts = readonly (number | undefined)[];

function videoStarts({ decodeShift }: VideoTrack, stamps: readonly (UnitTime | undefined)[], origin: number): Starts {
  return stamps.map((time) => time && time.dts - origin + decodeShift);
}

/** On the grid of frames that begins with the first one, and anew after a gap. */
function audioStarts(track: AudioTrack, stamps: readonly (UnitTime | undefined)[], origin: number): Starts {
  const { timescale, configuration } = track;
  let anchor: number | undefined;
  return stamps.map((time) => {
    if (!time) return undefined;
    const ticks = time.pts - origin;
    const exact = rescale(ticks, 90_000, timescale);
    anchor ??= exact;
    const frames = Math.round((exact - anchor) / configuration.frameLength);
    anchor = snapToGrid(ticks, anchor + frames * configuration.frameLength, track);
    return anchor;
  });
}

interface OpenTrack {
  readonly index: number;
  readonly starts: Starts;
  /** Per segment: start of the first sample after it. */
  readonly followings: readonly number[];
}

function openTrack(index: number, starts: Starts): OpenTrack {
  const followings: number[] = [];
  let following = Infinity;
  for (let at = starts.length - 1; at >= 0; at -= 1) {
    followings[at] = following;
    following = starts[at] ?? following;
  }
  return { index, starts, followings };
}

function openSegment(source: StreamPeriod, at: number, open: readonly OpenTrack[]): IndexedSegment {
  const { range, programDateTime, markers } = source.segments[at] as StreamPeriod['segments'][0];
  const next = source.segments[at + 1]?.range;
  const tracks = open.map((track) => trackSegment(source, at, track));
  const carries = tracks.some(({ carry }) => carry > 0);
  const tail = { uri: '', ...next, offset: next?.offset ?? 0, length: source.heads[at + 1]?.foreignBytes ?? 0 };
  return {
    source: range,
    ...(carries && { tail }),
    tracks,
    ...(programDateTime !== undefined && { programDateTime }),
    ...(markers && { markers }),
  };
}

/** All bytes of a segment that holds no sample of its own. */
const everything = Number.MAX_SAFE_INTEGER;

function trackSegment(
  { heads }: StreamPeriod,
  at: number,
  { index, starts, followings }: OpenTrack,
): IndexedTrackSegment {
  const head = heads[at]?.tracks[index];
  const end = followings[at] ?? Infinity;
  if (!head) return { start: end, end, sap: 0, skip: everything, carry: 0 };
  const carry = heads[at + 1]?.tracks[index]?.skip ?? 0;
  return { start: starts[at] ?? end, end, sap: head.kind === 'video' ? head.sap : 1, skip: head.skip, carry };
}
