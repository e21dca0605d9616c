import { describe, expect, it } from 'vitest';
import { ascii, box, fixed16, fullBox, nullTerminated, u16, u24, u32, u64 } from './box.js';
import { findBox, readBoxes } from './box-reader.js';
import { mdatHeader } from './boxes/mdat.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('the box writing language', () => {
  it.each([
    ['a box', box('free', u16(1, 2)), '0000000c 66726565 00010002'],
    ['an empty box', box('mdat'), '00000008 6d646174'],
    ['a full box', fullBox('tfdt', 1, 0x020001, u64(2 ** 32 + 5)), '00000014 74666474 01 020001 00000001 00000005'],
    ['24 bits', u24(0xabcdef), 'abcdef'],
    ['a negative number', u32(-2), 'fffffffe'],
    ['fixed point', fixed16(1.5), '00018000'],
    ['text', nullTerminated('é'), 'c3a900'],
    ['a code', ascii('avc1'), '61766331'],
    ['a short mdat', mdatHeader(2 ** 32 - 9), 'ffffffff 6d646174'],
    ['an mdat of 4 GiB', mdatHeader(2 ** 32 - 8), '00000001 6d646174 0000000100000008'],
  ])('writes %s', (_, bytes, expected) => {
    expect(hex(bytes)).toBe(expected.replaceAll(' ', ''));
  });
});

describe('the box reader', () => {
  it('finds boxes by path', () => {
    const boxes = readBoxes(box('moof', fullBox('mfhd', 0, 0, u32(7)), box('traf', fullBox('tfdt', 1, 0, u64(9)))));
    expect(findBox(boxes, 'moof/mfhd')?.payload.getUint32(4)).toBe(7);
    expect(findBox(boxes, 'moof/traf/tfdt')?.payload.getBigUint64(4)).toBe(9n);
    expect(findBox(boxes, 'moof/traf/trun')).toBeUndefined();
  });

  it('reads 64-bit sizes, and a size of 0 as all the rest', () => {
    expect(readBoxes(Buffer.concat([u32(1), ascii('mdat'), u64(18), u16(5)]))[0]).toMatchObject({ size: 18 });
    expect(readBoxes(Buffer.concat([u32(0), ascii('mdat'), u16(5)]))[0]).toMatchObject({ size: 10 });
  });

  it.each([
    ['a box beyond the end', Buffer.concat([u32(20), ascii('moov')]), 'moov: size 20, 8 bytes left at byte 0'],
    ['a child beyond its parent', box('moov', u32(30), ascii('trak')), 'moov/trak: size 30, 8 bytes left at byte 8'],
    ['a size below the header', box('moov', u32(7), ascii('trak')), 'moov/trak: size 7, 8 bytes left at byte 8'],
    ['a cut header', box('moov', u16(7)), 'moov: a box needs 8 bytes, 2 left at byte 8'],
    [
      'a cut 64-bit size',
      Buffer.concat([u32(1), ascii('mdat')]),
      'mdat: a 64-bit size needs 16 bytes, 8 left at byte 0',
    ],
    ['a container too small for its fields', box('stsd', u32(0)), 'stsd: need 8 bytes, 4 left at byte 0'],
  ])('refuses %s and says where', (_, bytes, message) => {
    expect(() => readBoxes(bytes)).toThrow(message);
  });

  it('stops at its limits', () => {
    let deep = box('moov');
    for (let depth = 0; depth < 20; depth++) deep = box('moov', deep);
    expect(() => readBoxes(deep)).toThrow('maxBoxDepth');
    expect(() => readBoxes(Buffer.concat(Array.from({ length: 100_001 }, () => box('free'))))).toThrow('maxBoxes');
  });
});
