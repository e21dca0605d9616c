import { MalformedError } from '../bits/malformed.js';

/** PES packet header, ISO/IEC 13818-1 §2.4.3.6. */
export interface PesHeader {
  readonly streamId: number;
  /** Bytes up to the payload; undefined when more of the header is needed than was given. */
  readonly headerLength: number;
  /** Bytes of payload, or undefined when PES_packet_length is 0: up to the next PES packet. */
  readonly payloadLength?: number;
  /** 33 bits, 90 kHz */
  readonly pts?: number;
  readonly dts?: number;
  /** PES_scrambling_control is not 0. */
  readonly scrambled: boolean;
}

/**
 * Ticks of 90 kHz from decoding to presentation. A decoder holds a picture for 10 s at most (ISO/IEC 13818-1 §2.14.3.1): what is told to wait for longer
 * than a minute is damaged.
 */
export const longestDelay = 60 * 90_000;

/** The longest header: 9 bytes and PES_header_data_length of 8 bits. */
export const maximumPesHeader = 9 + 255;

/** stream_ids whose packets are bytes without the optional header: padding, private_stream_2, ECM, EMM, DSM-CC, H.222.1 E, maps, directory. */
const plainStreamIds = new Set([0xbc, 0xbe, 0xbf, 0xf0, 0xf1, 0xf2, 0xf8, 0xff]);

/**
 * @param bytes from packet_start_code_prefix on, as many as there are
 * @returns undefined when the header goes on after these bytes
 * @throws MalformedError
 */
export function parsePesHeader(bytes: Uint8Array): PesHeader | undefined {
  checkPrefix(bytes);
  if (bytes.length < 9) return undefined;
  const streamId = bytes[3] as number;
  if (plainStreamIds.has(streamId)) {
    throw new MalformedError(`PES stream_id 0x${streamId.toString(16)} cannot carry video or audio`, 3);
  }
  if (((bytes[6] as number) & 0xc0) !== 0x80) throw new MalformedError('PES header without its marker bits', 6);
  const headerLength = 9 + (bytes[8] as number);
  if (bytes.length < headerLength) return undefined;
  const packetLength = ((bytes[4] as number) << 8) | (bytes[5] as number);
  if (packetLength !== 0 && packetLength < headerLength - 6) {
    throw new MalformedError(`PES packet of ${packetLength} bytes is shorter than its header`, 4);
  }
  const flags = (bytes[7] as number) >> 6;
  const length = packetLength === 0 ? {} : { payloadLength: packetLength - (headerLength - 6) };
  const scrambled = ((bytes[6] as number) & 0x30) !== 0;
  return { streamId, headerLength, scrambled, ...length, ...parseTimestamps(bytes, flags) };
}

function checkPrefix(bytes: Uint8Array): void {
  for (const [index, expected] of [0, 0, 1].entries()) {
    if (index < bytes.length && bytes[index] !== expected) {
      throw new MalformedError('PES packet does not begin with 00 00 01', index);
    }
  }
}

/** PTS_DTS_flags: 2 PTS, 3 both. */
function parseTimestamps(bytes: Uint8Array, flags: number): { pts?: number; dts?: number } {
  const needed = flags === 3 ? 10 : flags === 2 ? 5 : 0;
  if ((bytes[8] as number) < needed) throw new MalformedError('PES header is too short for its time stamps', 8);
  if (flags === 2) return { pts: parseTimestamp(bytes, 9) };
  if (flags === 3) return { pts: parseTimestamp(bytes, 9), dts: parseTimestamp(bytes, 14) };
  return {};
}

/** 33 bits in five bytes with marker bits between; beyond 32 bits, so no shifts for the top. */
function parseTimestamp(bytes: Uint8Array, at: number): number {
  const byte = (index: number) => bytes[at + index] as number;
  if ((byte(0) & 1) !== 1 || (byte(2) & 1) !== 1 || (byte(4) & 1) !== 1) {
    throw new MalformedError('PES time stamp without its marker bits', at);
  }
  const low = ((byte(1) << 22) | ((byte(2) >> 1) << 15) | (byte(3) << 7) | (byte(4) >> 1)) >>> 0;
  return ((byte(0) >> 1) & 7) * 2 ** 30 + low;
}
