/**
 * The box writing language: a box is an expression of the fields and boxes in it, so that code has the shape of the file and no size is
 * kept in step by hand.
 *
 *     fullBox('tfdt', 1, 0, u64(time))
 *     box('moof', mfhd(n), traf)
 */

/** A box, ISO/IEC 14496-12 §4.2.2. */
export function box(type: string, ...content: readonly Uint8Array[]): Uint8Array {
  const size = content.reduce((sum, part) => sum + part.length, 8);
  return concat(u32(size), ascii(type), ...content);
}

/** A box with version and flags. */
export function fullBox(type: string, version: number, flags: number, ...content: readonly Uint8Array[]): Uint8Array {
  return box(type, u8(version), u24(flags), ...content);
}

export function u8(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

export function u16(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 2);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint16(index * 2, value);
  return bytes;
}

export function u24(value: number): Uint8Array {
  return u8(value >>> 16, value >>> 8, value);
}

export function u32(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value);
  return bytes;
}

/** @param value up to 2^53 */
export function u64(value: number): Uint8Array {
  return u32(Math.floor(value / 2 ** 32), value % 2 ** 32);
}

/** Unsigned 16.16 fixed point. */
export function fixed16(...values: readonly number[]): Uint8Array {
  return u32(...values.map((value) => Math.round(value * 0x10000)));
}

export function zeros(length: number): Uint8Array {
  return new Uint8Array(length);
}

/** One byte for each character. */
export function ascii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** UTF-8 with a terminating zero. */
export function nullTerminated(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
