import { fullBox, u16, u24, u32, u8 } from '../box.js';

/** ISO/IEC 14496-1 §7.2.2.1, table 1 */
const tags = { esDescriptor: 0x03, decoderConfig: 0x04, decoderSpecificInfo: 0x05, slConfig: 0x06 };
/** ISO/IEC 14496-1 §7.2.6.6, table 6 */
const streamTypeAudio = 0x05;

export interface AudioDescriptor {
  /** objectTypeIndication: 0x40 MPEG-4 audio, 0x6B MPEG-1 audio, 0x69 MPEG-2 audio of its layers I to III */
  readonly objectType: number;
  /** AudioSpecificConfig of MPEG-4 audio; the others need none. */
  readonly specificInfo?: Uint8Array;
}

/** Elementary stream descriptor, ISO/IEC 14496-14 §6.7.2, for MPEG audio. Bit rates are left unsaid (0): manifests have them. */
export function esds({ objectType, specificInfo }: AudioDescriptor): Uint8Array {
  return fullBox(
    'esds',
    0,
    0,
    ...descriptor(
      tags.esDescriptor,
      u16(0), // ES ID: taken from the track
      u8(0), // no dependency, URL or clock stream
      ...descriptor(
        tags.decoderConfig,
        u8(objectType),
        u8((streamTypeAudio << 2) | 1), // upstream 0, reserved 1
        u24(0), // buffer size
        u32(0, 0), // maximum, average bit rate
        ...(specificInfo ? descriptor(tags.decoderSpecificInfo, specificInfo) : []),
      ),
      ...descriptor(tags.slConfig, u8(2)), // reserved for use in MP4 files
    ),
  );
}

/** Tag, then the size in groups of seven bits, ISO/IEC 14496-1 §8.3.3. */
function descriptor(tag: number, ...content: readonly Uint8Array[]): Uint8Array[] {
  const size = content.reduce((sum, part) => sum + part.length, 0);
  return [
    u8(tag, 0x80 | (size >> 21), 0x80 | ((size >> 14) & 0x7f), 0x80 | ((size >> 7) & 0x7f), size & 0x7f),
    ...content,
  ];
}
