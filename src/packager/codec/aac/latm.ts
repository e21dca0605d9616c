import { BitReader } from '../../bits/bit-reader.js';
import { MalformedError } from '../../bits/malformed.js';
import type { AacConfiguration } from '../../model/track.js';
import type { AudioFrames, FrameSync } from '../audio-frames.js';
import { UnsupportedCodingError } from '../unsupported-coding.js';
import { parseAudioSpecificConfig, readAudioSpecificConfig, skipGeneralAudio } from './read-audio-specific-config.js';

/** syncword (11 bits) and audioMuxLengthBytes (13) */
const headerLength = 3;

/** AudioSyncStream (LOAS), ISO/IEC 14496-3 §1.7.2. */
export const latmSync: FrameSync = {
  firstByte: 0x56,
  headerLength,
  length(bytes, at) {
    const second = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0x56 || (second & 0xe0) !== 0xe0) return 0;
    return headerLength + (((second & 0x1f) << 8) | (bytes[at + 2] ?? 0));
  },
  signature: () => 0,
};

/** The configuration of the first frame from `at` on that has one: most only say that it is as it was. @throws UnsupportedCodingError */
export function latmConfiguration(bytes: Uint8Array, at: number): AacConfiguration | undefined {
  for (let frame = at; frame + headerLength <= bytes.length;) {
    const length = latmSync.length(bytes, frame);
    if (length === 0 || frame + length > bytes.length) return undefined;
    const configuration = readFrame(bytes, frame, length).config;
    if (configuration) return parseAudioSpecificConfig(configuration);
    frame += length;
  }
  return undefined;
}

/**
 * Takes the AAC frames out of a stream, in place: they begin at any bit.
 * @param bytes consumed by this @param from offset of the first frame's header
 * @throws MalformedError (also when the last frame is cut off), UnsupportedCodingError
 */
export function takeLatmFrames(bytes: Uint8Array, from: number): AudioFrames {
  const [sizes, starts]: [number[], number[]] = [[], []];
  let known: string | undefined;
  let written = 0;
  for (let at = from; at < bytes.length;) {
    const length = latmSync.length(bytes, at);
    if (length === 0) throw new MalformedError('no LOAS syncword (0x2B7)', at);
    if (at + length > bytes.length)
      throw new MalformedError(`AAC frame is cut off: ${bytes.length - at} of ${length} bytes`, at);
    const { config, payload, size } = readFrame(bytes, at, length);
    const said = config?.join();
    if (said !== undefined && said !== (known ?? said))
      throw new UnsupportedCodingError('the AudioSpecificConfig changes inside a segment', at);
    known ??= said;
    moveBits(bytes, payload, { to: written, size });
    sizes.push(size);
    starts.push(at);
    written += size;
    at += length;
  }
  return { data: bytes.subarray(0, written), sizes, starts };
}

interface LatmFrame {
  /** AudioSpecificConfig, where the frame has one. */
  readonly config?: Uint8Array;
  /** Where the AAC frame begins: bits from the start of the stream. */
  readonly payload: number;
  /** bytes */
  readonly size: number;
}

/** AudioMuxElement(1) with one program, one layer and one frame, §1.7.3. */
function readFrame(bytes: Uint8Array, at: number, length: number): LatmFrame {
  const element = bytes.subarray(at + headerLength, at + length);
  const reader = new BitReader(element);
  try {
    const config = reader.flag() ? undefined : readStreamMuxConfig(reader, element);
    let size = 0;
    for (let more = 255; more === 255;) size += more = reader.bits(8);
    if (size === 0 || size * 8 > reader.left)
      throw new MalformedError(`an AAC frame of ${size} bytes, ${reader.left >> 3} are there`, 0);
    return { ...(config && { config }), payload: (at + headerLength) * 8 + reader.position, size };
  } catch (error) {
    if (error instanceof MalformedError) throw new MalformedError(error.message, at);
    if (error instanceof UnsupportedCodingError) throw new UnsupportedCodingError(error.message, at);
    throw error;
  }
}

/** §1.7.3.1, table 1.42. @returns the AudioSpecificConfig */
function readStreamMuxConfig(reader: BitReader, element: Uint8Array): Uint8Array {
  const version = reader.bits(1);
  if (version === 1 && reader.flag()) throw new UnsupportedCodingError('LATM of audioMuxVersionA 1; 0 is supported', 0);
  if (version === 1) latmValue(reader); // taraBufferFullness
  reader.skip(1); // allStreamsSameTimeFraming: there is one stream
  const [subFrames, programs, layers] = [reader.bits(6), reader.bits(4), reader.bits(3)];
  if (subFrames > 0 || programs > 0 || layers > 0)
    throw new UnsupportedCodingError(
      `LATM of ${subFrames + 1} frames, ${programs + 1} programs and ${layers + 1} layers in an element; one of each is supported`,
      0,
    );
  const config = version === 1 ? measuredConfig(reader, element) : inlineConfig(reader, element);
  const type = reader.bits(3);
  if (type !== 0) throw new UnsupportedCodingError(`LATM of frameLengthType ${type}; 0 is supported`, 0);
  reader.skip(8); // latmBufferFullness
  if (reader.flag()) {
    // otherDataLenBits: what comes behind the frame
    if (version === 1) latmValue(reader);
    else for (let more = true; more;) more = reader.bits(9) >= 256;
  }
  if (reader.flag()) reader.skip(8); // crcCheckSum
  return config;
}

function measuredConfig(reader: BitReader, element: Uint8Array): Uint8Array {
  const length = latmValue(reader);
  const from = reader.position;
  reader.skip(length);
  return bitsOf(element, from, length);
}

function inlineConfig(reader: BitReader, element: Uint8Array): Uint8Array {
  const from = reader.position;
  readAudioSpecificConfig(reader);
  skipGeneralAudio(reader);
  return bitsOf(element, from, reader.position - from);
}

/** LatmGetValue, §1.7.3.1 */
function latmValue(reader: BitReader): number {
  return reader.bits(8 * (reader.bits(2) + 1));
}

/** Bits as bytes, the last one filled up with zeros. */
function bitsOf(bytes: Uint8Array, from: number, count: number): Uint8Array {
  const size = Math.ceil(count / 8);
  const copy = new Uint8Array((from >> 3) + size + 1);
  copy.set(bytes.subarray(0, copy.length));
  moveBits(copy, from, { to: 0, size });
  const last = size * 8 - count;
  if (last > 0) copy[size - 1] = (copy[size - 1] as number) & (0xff << last);
  return copy.slice(0, size);
}

/** Moves `size` bytes from a bit on to a byte before it. */
function moveBits(bytes: Uint8Array, from: number, { to, size }: { to: number; size: number }): void {
  const start = from >> 3;
  const shift = from & 7;
  if (shift === 0) {
    bytes.copyWithin(to, start, start + size);
    return;
  }
  for (let index = 0; index < size; index += 1) {
    const [high, low] = [bytes[start + index] as number, bytes[start + index + 1] as number];
    bytes[to + index] = (high << shift) | (low >> (8 - shift));
  }
}
