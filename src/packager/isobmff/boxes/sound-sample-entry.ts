import { box, u16, u32, zeros } from '../box.js';

interface Sound {
  readonly channels: number;
  /** Hz */
  readonly sampleRate: number;
  /** 16 as a template value */
  readonly bitsPerSample?: number;
}

/** Audio sample entry, ISO/IEC 14496-12 §12.2.3. */
export function soundSampleEntry(
  type: string,
  { channels, sampleRate, bitsPerSample = 16 }: Sound,
  codecConfiguration: Uint8Array,
): Uint8Array {
  return box(
    type,
    zeros(6), // reserved
    u16(1), // data reference index
    zeros(8), // reserved
    u16(channels),
    u16(bitsPerSample),
    u16(0), // pre_defined
    u16(0), // reserved
    u32(sampleRate < 0x10000 ? sampleRate * 0x10000 : 0), // 16.16, which higher rates do not fit
    codecConfiguration,
  );
}
