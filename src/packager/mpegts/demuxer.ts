import { MalformedError } from '../bits/malformed.js';
import { audioFrameReaders } from '../codec/audio-coding.js';
import { splitAccessUnits } from '../codec/nal-codec.js';
import { UnsupportedCodingError } from '../codec/unsupported-coding.js';
import { PackagerError } from '../errors.js';
import type { IndexedSegment, IndexedTrackSegment, PeriodFrame } from '../model/asset-index.js';
import type { Samples } from '../model/samples.js';
import { type AudioTrack, isNal, type VideoTrack } from '../model/track.js';
import { frameTimes } from './audio-times.js';
import { refuseCutOff } from './cut-off.js';
import { type ElementaryStream, extractElementaryStreams } from './elementary-stream.js';
import { markTimes } from './mark-times.js';
import { packedStream } from './packed-audio.js';
import { fillMissingTimes } from './missing-times.js';

/** Which segment: what the index says of it and of its period. */
export interface SegmentPlace {
  readonly period: PeriodFrame;
  readonly segment: IndexedSegment;
}

/**
 * The samples of one segment of a transport stream, for each track of its period, in order. Payloads are not copied: the result holds
 * views of `bytes`, which is consumed by this.
 * @param bytes the segment's source range @param tail its tail range, when it has one
 * @throws PackagerError where the bytes are damaged, or are not what was indexed
 */
export function demuxSegment(bytes: Uint8Array, place: SegmentPlace, tail?: Uint8Array): Samples[] {
  const { period, segment } = place;
  try {
    const streams = elementaryStreams(bytes, place, tail);
    const samples = period.tracks.map((track, index) => {
      const part: Part = {
        stream: streams[index] as ElementaryStream,
        origin: period.origin,
        indexed: segment.tracks[index] as IndexedTrackSegment,
      };
      return located(part, () => (track.kind === 'video' ? videoSamples(track, part) : audioSamples(track, part)));
    });
    refuseCutOff(samples, place);
    return samples;
  } catch (error) {
    throw error instanceof PackagerError ? error.at({ uri: segment.source.uri }) : error;
  }
}

/** One track's share of a segment. */
interface Part {
  readonly stream: ElementaryStream;
  readonly origin: number;
  readonly indexed: IndexedTrackSegment;
}

const noSamples: Samples = { data: [], sizes: [], decodeTimes: [], compositionOffsets: [], sync: [] };

function elementaryStreams(
  bytes: Uint8Array,
  { period, segment }: SegmentPlace,
  tail?: Uint8Array,
): ElementaryStream[] {
  const { source } = segment;
  if (period.packed) {
    const stream = packedStream(bytes, { base: source.offset ?? 0, complete: true });
    return stream ? [stream] : [];
  }
  const pids = period.tracks.map(({ pid }) => pid);
  const streams = extractElementaryStreams(bytes, pids, { base: source.offset ?? 0, origin: period.origin });
  const carries = segment.tracks.map(({ carry }) => carry);
  const tails = carries.some((carry) => carry > 0) ? tailStreams(tail, segment, pids) : [];
  return streams.map((stream, index) => {
    const carry = carries[index] as number;
    if (stream.missing > carry) {
      throw new PackagerError(
        'source_invalid',
        `PID ${stream.pid}: the last PES packet lacks ${stream.missing} bytes`,
        {
          byteOffset: (source.offset ?? 0) + bytes.length,
        },
      );
    }
    return carry > 0 ? join(stream, tails[index] as ElementaryStream, carry) : stream;
  });
}

function tailStreams(
  tail: Uint8Array | undefined,
  segment: IndexedSegment,
  pids: readonly number[],
): ElementaryStream[] {
  if (!tail || !segment.tail) {
    throw new PackagerError('source_changed', 'the bytes that follow the segment were not read', {});
  }
  return extractElementaryStreams(tail, pids, { base: segment.tail.offset ?? 0, partial: true });
}

function join(stream: ElementaryStream, tail: ElementaryStream, carry: number): ElementaryStream {
  const data = new Uint8Array(stream.data.length + carry);
  data.set(stream.data);
  data.set(tail.data.subarray(0, carry), stream.data.length);
  return { ...stream, data };
}

function videoSamples(track: VideoTrack, { stream, origin, indexed }: Part): Samples {
  if (indexed.skip >= stream.data.length) return noSamples;
  const { configuration, decodeShift } = track;
  if (!isNal(configuration)) throw new Error(`a transport stream was indexed with ${configuration.codecString}`);
  const units = splitAccessUnits(stream.data, indexed.skip, configuration);
  const shift = origin - track.decodeShift;
  const known = markTimes(units.starts, stream.marks, indexed.start + shift);
  const pictures = { bytes: stream.data, slices: units.slices, configuration, idrDelay: decodeShift };
  const times = fillMissingTimes(known, indexed.end + shift, pictures);
  const decodeTimes = times.map(({ dts }) => dts - shift);
  checkOrder(decodeTimes, units.starts, indexed);
  const compositionOffsets = times.map(({ pts, dts }) => pts - dts - track.decodeShift);
  return { data: units.data, sizes: units.sizes, decodeTimes, compositionOffsets, sync: units.sync };
}

function audioSamples(track: AudioTrack, { stream, origin, indexed }: Part): Samples {
  if (indexed.skip >= stream.data.length) return noSamples;
  const frames = audioFrameReaders[track.framing ?? 'adts'].take(stream.data, indexed.skip);
  const reference = origin + Math.round((indexed.start * 90_000) / track.timescale);
  const decodeTimes = frameTimes(markTimes(frames.starts, stream.marks, reference), track, {
    origin,
    start: indexed.start,
  });
  checkOrder(decodeTimes, frames.starts, indexed);
  const { data, sizes } = frames;
  return { data: [data], sizes, decodeTimes, compositionOffsets: sizes.map(() => 0), sync: sizes.map(() => true) };
}

/** Decode times ascend from the indexed start to below the indexed end. */
function checkOrder(
  decodeTimes: readonly number[],
  starts: readonly number[],
  { start, end }: IndexedTrackSegment,
): void {
  if (decodeTimes.length > 0 && decodeTimes[0] !== start) {
    throw new MalformedError(`first decode time is ${decodeTimes[0]}, where ${start} was indexed`, starts[0] ?? 0);
  }
  for (let index = 0; index < decodeTimes.length; index += 1) {
    const next = decodeTimes[index + 1] ?? end;
    if (next > (decodeTimes[index] as number)) continue;
    throw new MalformedError(
      `decode time ${next} follows ${decodeTimes[index]}: it must increase`,
      starts[index + 1] ?? 0,
    );
  }
}

/** Errors of the codecs know an offset in the elementary stream; the PES packet there has one in the resource, and a time. */
function located(part: Part, demux: () => Samples): Samples {
  try {
    return demux();
  } catch (error) {
    if (!(error instanceof MalformedError || error instanceof UnsupportedCodingError)) throw error;
    const code = error instanceof MalformedError ? 'source_invalid' : 'source_unsupported';
    const { marks, pid } = part.stream;
    const mark = marks.findLast(({ offset, pts }) => offset <= error.offset && pts !== undefined) ?? marks[0];
    const time = mark?.pts === undefined ? {} : { time: (mark.pts - part.origin) / 90_000 };
    throw new PackagerError(code, `PID ${pid}: ${error.message}`, {
      ...(mark && { byteOffset: mark.byteOffset }),
      ...time,
    });
  }
}
