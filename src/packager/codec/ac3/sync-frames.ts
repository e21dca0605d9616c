import { MalformedError } from '../../bits/malformed.js';
import type { DolbyConfiguration } from '../../model/track.js';
import type { AudioFrames, FrameSync } from '../audio-frames.js';
import { UnsupportedCodingError } from '../unsupported-coding.js';
import { parseAc3Specific, parseEac3Specific } from './specific-box.js';

/** Up to lfeon, in both syntaxes. */
const headerLength = 7;

/** kbit/s by frmsizecod / 2, ETSI TS 102 366 table 4.13. */
const bitRates = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640];

/** bsid: up to 8 AC-3, from 11 on E-AC-3. 9 and 10 are AC-3 of lower sample rates, outside the standard. */
function bitStreamId(bytes: Uint8Array, at: number): number {
  return (bytes[at + 5] ?? 0) >> 3;
}

function isEnhanced(bytes: Uint8Array, at: number): boolean {
  return bitStreamId(bytes, at) > 10;
}

/** AC-3 and E-AC-3, which begin alike: ETSI TS 102 366 §4.3.1, §E.1.3.1. Size of frames is in the header; all must be of one kind. */
export const dolbySync: FrameSync = {
  firstByte: 0x0b,
  headerLength,
  length(bytes, at) {
    const [b2, b3, b4] = [bytes[at + 2] ?? 0, bytes[at + 3] ?? 0, bytes[at + 4] ?? 0];
    if (bytes[at] !== 0x0b || bytes[at + 1] !== 0x77) return 0;
    if (isEnhanced(bytes, at)) return ((((b2 & 7) << 8) | b3) + 1) * 2;
    const rate = bitRates[(b4 & 63) >> 1];
    if (rate === undefined || b4 >> 6 === 3) return 0;
    // In words of 16 bits; at 44.1 kHz every other frame has one more.
    const words = [2 * rate, Math.floor((320 * rate) / 147) + (b4 & 1), 3 * rate][b4 >> 6] ?? 0;
    return words * 2;
  },
  signature(bytes, at) {
    const [b2, b4, b6] = [bytes[at + 2] ?? 0, bytes[at + 4] ?? 0, bytes[at + 6] ?? 0];
    const id = bitStreamId(bytes, at);
    return isEnhanced(bytes, at) ? (b2 >> 3) * 0x10000 + b4 * 0x100 + id : (b4 >> 6) * 0x10000 + (b6 >> 5) * 0x100 + id;
  },
};

/** The configuration that the frame at `at` has. @throws UnsupportedCodingError */
export function dolbyConfiguration(bytes: Uint8Array, at: number): DolbyConfiguration {
  return isEnhanced(bytes, at) ? enhancedConfiguration(bytes, at) : plainConfiguration(bytes, at);
}

function plainConfiguration(bytes: Uint8Array, at: number): DolbyConfiguration {
  const [b4, b5, b6] = [bytes[at + 4] ?? 0, bytes[at + 5] ?? 0, bytes[at + 6] ?? 0];
  const [id, mode, coding] = [b5 >> 3, b5 & 7, b6 >> 5];
  if (id > 8) throw new UnsupportedCodingError(`AC-3 of bsid ${id}; up to 8 is supported`, at);
  // cmixlev, surmixlev and dsurmod stand before lfeon where there are such channels.
  const levels = (coding & 1 && coding !== 1 ? 2 : 0) + (coding & 4 ? 2 : 0) + (coding === 2 ? 2 : 0);
  const lfe = (b6 >> (4 - levels)) & 1;
  const rateCode = (b4 & 63) >> 1;
  return parseAc3Specific(
    Uint8Array.of(
      (b4 & 0xc0) | (id << 1) | (mode >> 2),
      ((mode & 3) << 6) | (coding << 3) | (lfe << 2) | (rateCode >> 3),
      (rateCode & 7) << 5,
    ),
  );
}

/** Hz, of fscod2 */
const halfRates = [24_000, 22_050, 16_000];

function enhancedConfiguration(bytes: Uint8Array, at: number): DolbyConfiguration {
  const [b2, b4] = [bytes[at + 2] ?? 0, bytes[at + 4] ?? 0];
  refuseSubstreams(b2, at);
  const [rate, second] = [b4 >> 6, (b4 >> 4) & 3];
  if (rate !== 3 && second !== 3)
    throw new UnsupportedCodingError('E-AC-3 of fewer than six blocks to a frame; six are supported', at);
  const hertz = rate === 3 ? halfRates[second] : [48_000, 44_100, 32_000][rate];
  if (hertz === undefined) throw new MalformedError('E-AC-3 of the reserved sample rate (fscod2 3)', at + 4);
  const kilobits = Math.round((dolbySync.length(bytes, at) * 8 * hertz) / 1536 / 1000);
  return parseEac3Specific(
    Uint8Array.of(kilobits >> 5, (kilobits & 31) << 3, (rate << 6) | (bitStreamId(bytes, at) << 1), b4 & 15, 0),
    hertz,
  );
}

/** @param header the byte with strmtyp and substreamid */
function refuseSubstreams(header: number, at: number): void {
  const [type, id] = [header >> 6, (header >> 3) & 7];
  if (type === 1 || id > 0)
    throw new UnsupportedCodingError(
      `E-AC-3 of several substreams (strmtyp ${type}, substreamid ${id}); one independent one is supported`,
      at,
    );
}

/** Frames as they are. @throws MalformedError, UnsupportedCodingError when they change */
export function takeDolbyFrames(bytes: Uint8Array, from: number): AudioFrames {
  return takeWholeFrames(bytes, from, dolbySync, (at) => {
    if (isEnhanced(bytes, at)) refuseSubstreams(bytes[at + 2] ?? 0, at);
  });
}

/**
 * Frames that follow each other and are samples with their headers.
 * @param check of the frame at an offset
 * @throws MalformedError where none begins or the last one is cut off; UnsupportedCodingError when the coding changes
 */
export function takeWholeFrames(
  bytes: Uint8Array,
  from: number,
  sync: FrameSync,
  check: (at: number) => void = () => undefined,
): AudioFrames {
  const [sizes, starts]: [number[], number[]] = [[], []];
  for (let at = from; at < bytes.length;) {
    if (at + sync.headerLength > bytes.length) throw new MalformedError('the header of a frame is cut off', at);
    const length = sync.length(bytes, at);
    if (length < sync.headerLength) throw new MalformedError('no frame begins where the one before ends', at);
    check(at);
    if (sync.signature(bytes, at) !== sync.signature(bytes, from))
      throw new UnsupportedCodingError('sample rate, channels or syntax change inside a segment', at);
    if (at + length > bytes.length)
      throw new MalformedError(`a frame is cut off: ${bytes.length - at} of ${length} bytes`, at);
    sizes.push(length);
    starts.push(at);
    at += length;
  }
  return { data: bytes.subarray(from), sizes, starts };
}
