import { box, concat, fullBox, u16, u32, u8, zeros } from '../../src/packager/isobmff/box.js';

/** A style of characters as `tx3g` has it: from one to before another, flags of the face, red-green-blue-opacity. */
export type Tx3gStyle = readonly [from: number, to: number, face: number, color: number];

/** Sample entry of timed text, 3GPP TS 26.245 §5.16. */
export function tx3g({
  flags = 0,
  horizontal = 1,
  vertical = -1,
  box: [top, left, bottom, right] = [0, 0, 0, 0],
  style = [0, 0, 0, 0xffff_ffff],
}: {
  flags?: number;
  horizontal?: number;
  vertical?: number;
  box?: readonly [number, number, number, number];
  style?: Tx3gStyle;
} = {}): Uint8Array {
  return box(
    'tx3g',
    zeros(6),
    u16(1),
    u32(flags),
    u8(horizontal, vertical),
    u32(0), // background
    u16(top, left, bottom, right),
    styleRecord(style),
    box('ftab', u16(1, 1), u8(5), new TextEncoder().encode('Serif')),
  );
}

/** A sample of timed text. @param text as bytes where it is not UTF-8 */
export function tx3gSample(text: string | Uint8Array, ...modifiers: readonly Uint8Array[]): Uint8Array {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return concat(u16(bytes.length), bytes, ...modifiers);
}

export function styl(...styles: readonly Tx3gStyle[]): Uint8Array {
  return box('styl', u16(styles.length), ...styles.map(styleRecord));
}

export function tbox(...edges: readonly [number, number, number, number]): Uint8Array {
  return box('tbox', u16(...edges));
}

function styleRecord([from, to, face, color]: Tx3gStyle): Uint8Array {
  return concat(u16(from, to, 1), u8(face, 18), u32(color));
}

/** A kind of the DASH role scheme, in `udta`. */
export function kind(role: string): Uint8Array {
  return fullBox('kind', 0, 0, new TextEncoder().encode(`urn:mpeg:dash:role:2011\0${role}\0`));
}
