import type { MpegAudioConfiguration } from '../../model/track.js';
import type { FrameSync } from '../audio-frames.js';

const headerLength = 4;

/** Hz by sampling_frequency, ISO/IEC 11172-3 §2.4.2.3; half of it in MPEG-2, a quarter in what is called MPEG-2.5. */
const sampleRates = [44_100, 48_000, 32_000];

/** kbit/s by bitrate_index from 1 on, ISO/IEC 11172-3 §2.4.2.3 and 13818-3 §2.4.2.3: MPEG-1 by layer, then MPEG-2. */
const bitRates = {
  first: [
    [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  ],
  second: [
    [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  ],
};

interface MpegAudioHeader {
  readonly mpeg1: boolean;
  readonly layer: 1 | 2 | 3;
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  /** Samples. */
  readonly frameLength: number;
  /** bytes */
  readonly size: number;
}

/** Header of a frame, ISO/IEC 11172-3 §2.4.1.3; undefined: there is none, or its bit rate is "free". */
function parseHeader(bytes: Uint8Array, at: number): MpegAudioHeader | undefined {
  const [b1, b2, b3] = [bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0];
  if (bytes[at] !== 0xff || (b1 & 0xe0) !== 0xe0) return undefined;
  const version = (b1 >> 3) & 3; // 3 MPEG-1, 2 MPEG-2, 0 MPEG-2.5
  const layer = (4 - ((b1 >> 1) & 3)) as 1 | 2 | 3 | 4;
  const rate = sampleRates[(b2 >> 2) & 3];
  if (version === 1 || layer === 4 || rate === undefined) return undefined;
  const mpeg1 = version === 3;
  const kilobits = bitRates[mpeg1 ? 'first' : 'second'][layer - 1]?.[(b2 >> 4) - 1];
  if (kilobits === undefined) return undefined;
  const sampleRate = mpeg1 ? rate : version === 2 ? rate / 2 : rate / 4;
  const padding = (b2 >> 1) & 1;
  const frameLength = layer === 1 ? 384 : layer === 3 && !mpeg1 ? 576 : 1152;
  const slots = Math.floor((frameLength / (layer === 1 ? 32 : 8)) * ((kilobits * 1000) / sampleRate)) + padding;
  return {
    mpeg1,
    layer,
    sampleRate,
    channels: b3 >> 6 === 3 ? 1 : 2,
    frameLength,
    size: slots * (layer === 1 ? 4 : 1),
  };
}

/** MPEG-1 and MPEG-2 audio: size of frames is in the header. */
export const mpegAudioSync: FrameSync = {
  firstByte: 0xff,
  headerLength,
  length: (bytes, at) => parseHeader(bytes, at)?.size ?? 0,
  // Version, layer, sample rate, and whether there is one channel: two may be joined differently from frame to frame.
  signature: (bytes, at) =>
    (((bytes[at + 1] ?? 0) & 0xfe) << 16) |
    (((bytes[at + 2] ?? 0) & 0x0c) << 8) |
    ((bytes[at + 3] ?? 0) >> 6 === 3 ? 1 : 0),
};

/** The configuration that the frame at `at` has; undefined where none begins. */
export function mpegAudioConfiguration(bytes: Uint8Array, at: number): MpegAudioConfiguration | undefined {
  const header = parseHeader(bytes, at);
  if (!header) return undefined;
  const { mpeg1, layer, sampleRate, channels, frameLength } = header;
  return { codec: 'mpeg', codecString: mpeg1 ? 'mp4a.6B' : 'mp4a.69', layer, sampleRate, channels, frameLength };
}
