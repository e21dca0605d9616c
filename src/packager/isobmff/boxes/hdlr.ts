import { ascii, fullBox, nullTerminated, u16, u32, zeros } from '../box.js';

/** Handler, ISO/IEC 14496-12 §8.4.3. */
export function hdlr(kind: 'video' | 'audio'): Uint8Array {
  return fullBox(
    'hdlr',
    0,
    0,
    u32(0), // pre_defined
    ascii(kind === 'video' ? 'vide' : 'soun'),
    zeros(12), // reserved
    nullTerminated(kind),
  );
}

/** Media header of its kind, ISO/IEC 14496-12 §12.1.2 and §12.2.2. */
export function mediaKindHeader(kind: 'video' | 'audio'): Uint8Array {
  return kind === 'video'
    ? fullBox('vmhd', 0, 1, u16(0), /* graphics mode: copy */ u16(0, 0, 0) /* opcolor */)
    : fullBox('smhd', 0, 0, u16(0) /* balance */, u16(0) /* reserved */);
}
