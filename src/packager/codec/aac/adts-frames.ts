import { MalformedError } from '../../bits/malformed.js';
import type { AudioFrames } from '../audio-frames.js';
import { UnsupportedCodingError } from '../unsupported-coding.js';
import { adtsHeaderLength, adtsSignature, parseAdtsHeader } from './adts.js';

/**
 * Takes the ADTS headers out of a stream, in place. Every frame must have the same fixed header.
 * @param bytes consumed by this @param from offset of the first frame's header
 * @throws MalformedError (also when the last frame is cut off), UnsupportedCodingError
 */
export function takeAdtsFrames(bytes: Uint8Array, from: number): AudioFrames {
  const frames: AudioFrames = { data: bytes, sizes: [], starts: [] };
  const signature = bytes.length - from >= adtsHeaderLength ? adtsSignature(bytes, from) : 0;
  let length = 0;
  for (let at = from; at < bytes.length;) {
    const header = parseAdtsHeader(bytes, at);
    if (adtsSignature(bytes, at) !== signature) {
      throw new UnsupportedCodingError('AAC profile, sample rate or channels change inside a segment', at);
    }
    if (header.rawDataBlocks !== 1) {
      throw new UnsupportedCodingError(`ADTS frames of ${header.rawDataBlocks} raw data blocks are not supported`, at);
    }
    if (at + header.frameLength > bytes.length) {
      const there = bytes.length - at;
      throw new MalformedError(`AAC frame is cut off: ${there} of ${header.frameLength} bytes`, at);
    }
    const payload = at + header.headerLength;
    at += header.frameLength;
    bytes.copyWithin(length, payload, at);
    frames.sizes.push(at - payload);
    frames.starts.push(payload - header.headerLength);
    length += at - payload;
  }
  return { ...frames, data: bytes.subarray(0, length) };
}
