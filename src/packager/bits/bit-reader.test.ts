import { describe, expect, it } from 'vitest';
import { BitWriter } from '../../../test/support/bit-writer.js';
import { BitReader } from './bit-reader.js';

describe('BitReader', () => {
  const unsigned = [0, 1, 2, 3, 6, 7, 8, 254, 255, 65_535, 2 ** 31 - 2];
  it.each(unsigned)('reads ue(v) %d', (value) => {
    expect(new BitReader(new BitWriter().ue(value).toBytes()).ue()).toBe(value);
  });

  it.each([0, 1, -1, 2, -2, 100, -100, 32_767, -32_768])('reads se(v) %d', (value) => {
    expect(new BitReader(new BitWriter().se(value).toBytes()).se()).toBe(value);
  });

  it('reads fields that cross bytes, up to 32 bits', () => {
    const reader = new BitReader(new BitWriter().bits(3, 5).bits(32, 0xdead_beef).flag(true).toBytes());
    expect([reader.bits(3), reader.bits(32), reader.flag()]).toEqual([5, 0xdead_beef, true]);
  });

  it('skips more than 32 bits', () => {
    const reader = new BitReader(Uint8Array.of(0, 0, 0, 0, 0, 0x0f));
    reader.skip(44);
    expect(reader.bits(4)).toBe(15);
  });

  it('says where bits are missing', () => {
    const reader = new BitReader(Uint8Array.of(1, 2));
    reader.bits(12);
    expect(() => reader.bits(5)).toThrow('need 5 bits, 4 left at byte 1');
  });

  it('refuses an Exp-Golomb code longer than 32 bits', () => {
    expect(() => new BitReader(new Uint8Array(16)).ue()).toThrow('Exp-Golomb code longer than 32 bits');
  });
});
