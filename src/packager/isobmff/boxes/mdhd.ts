import { fullBox, nullTerminated, u16, u32 } from '../box.js';
import { iso639 } from '../../model/language.js';

/** Media header, ISO/IEC 14496-12 §8.4.2. */
export function mdhd(timescale: number, language: string | undefined): Uint8Array {
  return fullBox(
    'mdhd',
    0,
    0,
    u32(0, 0), // creation, modification time
    u32(timescale),
    u32(0), // duration: all of it is in fragments
    u16(packedLanguage(iso639(language))),
    u16(0), // pre_defined
  );
}

/** Extended language tag, ISO/IEC 14496-12 §8.4.6: what three letters cannot say. */
export function elng(language: string): Uint8Array {
  return fullBox('elng', 0, 0, nullTerminated(language));
}

/** Three times five bits, each the letter's distance from 0x60. */
function packedLanguage(code: string): number {
  return [...code].reduce((packed, letter) => (packed << 5) | (letter.charCodeAt(0) - 0x60), 0);
}
