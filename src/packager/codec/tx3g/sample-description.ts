import { ByteReader } from '../../bits/byte-reader.js';
import type { CharacterStyle } from '../webvtt/mark-text.js';
import { colorClass } from '../webvtt/mark-text.js';

/** A rectangle in pixels of the track. */
export interface TextBox {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** What a sample entry says of all samples, 3GPP TS 26.245 §5.16. */
export interface TextDescription {
  /** All samples are shown to those, too, who want no subtitles. */
  readonly forced: boolean;
  /** Lines go from top to bottom, the next one to the left. */
  readonly vertical: boolean;
  readonly textAlign: 'left' | 'center' | 'right';
  readonly displayAlign: 'before' | 'center' | 'after';
  readonly box: TextBox;
  readonly style: CharacterStyle;
}

const displayFlags = { vertical: 0x2_0000, allForced: 0x4000_0000 };

/** @param entry what follows the header of the box `tx3g` @throws MalformedError */
export function readTextDescription(entry: Uint8Array): TextDescription {
  const reader = new ByteReader(entry);
  reader.skip(8); // reserved, data reference index
  const flags = reader.u32();
  const [horizontal, vertical] = [reader.u8(), reader.u8()];
  reader.skip(4); // background colour
  const box = readTextBox(reader);
  return {
    forced: (flags & displayFlags.allForced) !== 0,
    vertical: (flags & displayFlags.vertical) !== 0,
    textAlign: ({ 0: 'left', 255: 'right' } as const)[horizontal] ?? 'center',
    displayAlign: ({ 0: 'before', 1: 'center' } as const)[vertical] ?? 'after',
    box,
    style: readTextStyle(reader).style,
  };
}

/** BoxRecord */
export function readTextBox(reader: ByteReader): TextBox {
  const [top, left, bottom, right] = Array.from({ length: 4 }, () => (reader.u16() << 16) >> 16) as [
    number,
    number,
    number,
    number,
  ];
  return { top, left, bottom, right };
}

const faceFlags = { bold: 1, italic: 2, underline: 4 };

/** StyleRecord: from one character to before another. */
export function readTextStyle(reader: ByteReader): { from: number; to: number; style: CharacterStyle } {
  const [from, to] = [reader.u16(), reader.u16()];
  reader.skip(2); // font
  const face = reader.u8();
  reader.skip(1); // size
  const color = colorClass(`#${reader.u32().toString(16).padStart(8, '0')}`);
  return {
    from,
    to,
    style: {
      bold: (face & faceFlags.bold) !== 0,
      italic: (face & faceFlags.italic) !== 0,
      underline: (face & faceFlags.underline) !== 0,
      ...(color !== undefined && { color }),
    },
  };
}
