import { describe, expect, it } from 'vitest';
import { ByteReader } from './byte-reader.js';

describe('ByteReader', () => {
  const bytes = Uint8Array.of(1, 2, 3, 0xff, 0xff, 0xff, 0xff, 8);

  it('reads big-endian numbers and keeps its place', () => {
    const reader = new ByteReader(bytes);
    expect([reader.u8(), reader.u16(), reader.u32(), reader.left, reader.position]).toEqual([
      1, 515, 0xffff_ffff, 1, 7,
    ]);
  });

  it('gives views within its bounds and nothing beyond', () => {
    const reader = new ByteReader(bytes, 1, 4);
    expect([...reader.bytes(2)]).toEqual([2, 3]);
    expect(() => reader.u16()).toThrow('need 2 bytes, 1 left at byte 3');
    expect(() => reader.skip(2)).toThrow('need 2 bytes, 1 left at byte 3');
  });
});
