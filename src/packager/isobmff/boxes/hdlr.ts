import { ascii, fullBox, nullTerminated, u16, u32, zeros } from '../box.js';

/** `subt`: TTML; `text`: WebVTT, ISO/IEC 14496-30. */
export type HandlerKind = 'video' | 'audio' | 'subt' | 'text';

const handlerTypes: Readonly<Record<HandlerKind, string>> = {
  video: 'vide',
  audio: 'soun',
  subt: 'subt',
  text: 'text',
};

/** Handler, ISO/IEC 14496-12 §8.4.3. */
export function hdlr(kind: HandlerKind): Uint8Array {
  return fullBox(
    'hdlr',
    0,
    0,
    u32(0), // pre_defined
    ascii(handlerTypes[kind]),
    zeros(12), // reserved
    nullTerminated(kind),
  );
}

/** Media header of its kind, ISO/IEC 14496-12 §12.1.2, §12.2.2, §12.6.2; without any, §8.4.5.2. */
export function mediaKindHeader(kind: HandlerKind): Uint8Array {
  switch (kind) {
    case 'video':
      return fullBox('vmhd', 0, 1, u16(0), /* graphics mode: copy */ u16(0, 0, 0) /* opcolor */);
    case 'audio':
      return fullBox('smhd', 0, 0, u16(0) /* balance */, u16(0) /* reserved */);
    case 'subt':
      return fullBox('sthd', 0, 0);
    case 'text':
      return fullBox('nmhd', 0, 0);
  }
}
