import { MalformedError } from '../bits/malformed.js';
import { type AudioCoding, audioFrameReaders } from '../codec/audio-coding.js';
import { startCodeFinder } from '../codec/annexb.js';
import { type NalCodec, nalCodecs } from '../codec/nal-codec.js';
import type { PictureStart } from '../codec/picture-start.js';
import { UnsupportedCodingError } from '../codec/unsupported-coding.js';
import { PackagerError } from '../errors.js';
import type { AudioFraming } from '../model/track.js';
import type { ElementaryStream, PesMark } from '../mpegts/elementary-stream.js';
import { Fingerprint } from './fingerprint.js';

/** What the head of a segment says of one of its tracks: the first sample that has a time stamp of its own. */
export type TrackHead = VideoHead | AudioHead;

export interface VideoHead extends HeadTimes, Omit<PictureStart, 'start'> {
  readonly kind: 'video';
  /** A time-stamped picture before this one cannot be decoded: the stream begins with this one. */
  readonly droppedPictures: number;
}

export interface AudioHead extends HeadTimes {
  readonly kind: 'audio';
  /** Absent where the frames there do not say it. */
  readonly coding?: AudioCoding;
  /** Of the payload of the first PES packet. */
  readonly digest: string;
}

interface HeadTimes {
  /** Offset of the sample in the segment's elementary stream: what comes before belongs to the segment before. */
  readonly skip: number;
  /** 33 bits, 90 kHz; dts equals pts where the PES packet had none. */
  readonly pts: number;
  readonly dts: number;
}

/** `more`: more bytes of the segment are needed. `none`: the whole segment holds no sample with a time stamp. */
export type HeadSearch = TrackHead | 'more' | 'none';

export interface HeadOptions {
  /** These are all bytes of the segment. */
  readonly complete: boolean;
  /** Only a picture will do that can be decoded without an earlier one. */
  readonly randomAccess: boolean;
}

export interface WantedStream {
  readonly kind: 'video' | 'audio';
  readonly pid: number;
  /** Of video. */
  readonly codec?: NalCodec;
  /** Of audio; absent: ADTS. */
  readonly framing?: AudioFraming;
}

/** @throws PackagerError, also when the segment has bytes of the stream but no sample that could be placed in time */
export function searchHead(
  { codec, framing = 'adts' }: Pick<WantedStream, 'codec' | 'framing'>,
  stream: ElementaryStream,
  options: HeadOptions,
): HeadSearch {
  try {
    const found = codec === undefined ? searchFrame(stream, framing, options) : searchPicture(stream, codec, options);
    if (found !== 'none' || stream.data.length === 0) return found;
    throw new MalformedError(
      codec === undefined
        ? `no ${audioFrameReaders[framing].name} with a time stamp begins in this segment`
        : options.randomAccess
          ? 'no key frame with a time stamp in the first segment'
          : 'no picture with a time stamp begins in this segment',
      0,
    );
  } catch (error) {
    if (!(error instanceof MalformedError || error instanceof UnsupportedCodingError)) throw error;
    const byteOffset = stream.marks[0]?.byteOffset ?? 0;
    const code = error instanceof MalformedError ? 'source_invalid' : 'source_unsupported';
    throw new PackagerError(code, `PID ${stream.pid}: ${error.message}`, { byteOffset });
  }
}

function searchPicture(
  { data, marks }: ElementaryStream,
  codec: NalCodec,
  { complete, randomAccess }: HeadOptions,
): HeadSearch {
  const find = startCodeFinder(data);
  let droppedPictures = 0;
  let begins = 0;
  for (const [index, mark] of marks.entries()) {
    const next = marks[index + 1]?.offset ?? Infinity;
    // Where the next picture begins later is known: to search for it from each PES packet on would take the square of their number.
    if (mark.pts === undefined || next <= begins) continue;
    const picture = nalCodecs[codec].firstPicture(data, find, mark.offset);
    if (!picture) return complete ? 'none' : 'more';
    // A picture that begins in a later PES packet takes that one's time stamp.
    begins = picture.start;
    if (begins >= next) continue;
    if (randomAccess && picture.sap === 0) {
      droppedPictures += 1;
      continue;
    }
    const { start, ...rest } = picture;
    return { kind: 'video', skip: start, droppedPictures, ...rest, ...timesOf(mark) };
  }
  return complete ? 'none' : 'more';
}

function searchFrame({ data, marks }: ElementaryStream, framing: AudioFraming, { complete }: HeadOptions): HeadSearch {
  const { first, coding } = audioFrameReaders[framing];
  for (const [index, mark] of marks.entries()) {
    if (mark.pts === undefined) continue;
    const limit = mark.end ?? marks[index + 1]?.offset ?? (complete ? data.length : undefined);
    if (limit === undefined || (limit > data.length && !complete)) return 'more';
    const skip = first(data, { from: mark.offset, limit, complete });
    if (skip === undefined) return 'more';
    if (skip < 0) continue;
    const digest = new Fingerprint().bytes(data.subarray(skip, limit)).toString();
    const found = coding(data, skip);
    if (!found && !complete) return 'more';
    return { kind: 'audio', skip, ...(found && { coding: found }), digest, ...timesOf(mark) };
  }
  return complete ? 'none' : 'more';
}

function timesOf({ pts = 0, dts = pts }: PesMark): { pts: number; dts: number } {
  return { pts, dts };
}
