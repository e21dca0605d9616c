import { MalformedError } from '../../bits/malformed.js';

/** Header of one ADTS frame, ISO/IEC 13818-7 §6.2, ISO/IEC 14496-3 §1.A.3.2. */
export interface AdtsHeader {
  /** MPEG-4 audio object type: 1 Main, 2 LC, 3 SSR, 4 LTP. */
  readonly objectType: number;
  readonly samplingFrequencyIndex: number;
  readonly sampleRate: number;
  readonly channelConfiguration: number;
  /** 7 bytes, or 9 with a CRC. */
  readonly headerLength: number;
  /** With the header. */
  readonly frameLength: number;
  /** More than one would need the decoder to tell them apart. */
  readonly rawDataBlocks: number;
}

export const adtsHeaderLength = 7;

/** ISO/IEC 14496-3 Table 1.18, Hz. */
const samplingFrequencies: readonly number[] = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
];

/** Is there an ADTS syncword with layer 0 here? Says nothing about the rest of the header. */
export function isAdtsSync(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xff && ((bytes[at + 1] ?? 0) & 0xf6) === 0xf0;
}

/** aac_frame_length of the header at `at`, whose seven bytes must be there. */
export function adtsFrameLength(bytes: Uint8Array, at: number): number {
  return (((bytes[at + 3] ?? 0) & 3) << 11) | ((bytes[at + 4] ?? 0) << 3) | ((bytes[at + 5] ?? 0) >> 5);
}

/** @throws MalformedError */
export function parseAdtsHeader(bytes: Uint8Array, at = 0): AdtsHeader {
  if (bytes.length - at < adtsHeaderLength) throw new MalformedError('ADTS header is cut off', at);
  if (!isAdtsSync(bytes, at)) throw new MalformedError('no ADTS syncword (0xFFF)', at);
  const [b1, b2, b3, b6] = [bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0, bytes[at + 6] ?? 0];
  const samplingFrequencyIndex = (b2 >> 2) & 15;
  const sampleRate = samplingFrequencies[samplingFrequencyIndex];
  if (sampleRate === undefined) {
    throw new MalformedError(`ADTS sampling_frequency_index ${samplingFrequencyIndex}, 0 to 12 are allowed`, at + 2);
  }
  const headerLength = (b1 & 1) === 1 ? adtsHeaderLength : adtsHeaderLength + 2;
  const frameLength = adtsFrameLength(bytes, at);
  if (frameLength <= headerLength) throw new MalformedError(`ADTS frame of ${frameLength} bytes is empty`, at + 3);
  return {
    objectType: (b2 >> 6) + 1,
    samplingFrequencyIndex,
    sampleRate,
    channelConfiguration: ((b2 & 1) << 2) | (b3 >> 6),
    headerLength,
    frameLength,
    rawDataBlocks: (b6 & 3) + 1,
  };
}

/** The bits that are the same in every frame of a stream (adts_fixed_header without protection_absent and the private and copy bits). */
export function adtsSignature(bytes: Uint8Array, at: number): number {
  return (((bytes[at + 2] ?? 0) & 0xfd) << 8) | ((bytes[at + 3] ?? 0) & 0xc0);
}
