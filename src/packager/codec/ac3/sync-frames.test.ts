import { describe, expect, it } from 'vitest';
import { BitWriter } from '../../../../test/support/bit-writer.js';
import { findFrame } from '../audio-frames.js';
import { dolbyConfiguration, dolbySync, takeDolbyFrames } from './sync-frames.js';

/** AC-3, ETSI TS 102 366 §4.3.1 */
function ac3({ rate = 0, sizeCode = 8, id = 8, coding = 7, lfe = true, size = 0 } = {}): Uint8Array {
  const writer = new BitWriter().bits(16, 0x0b77).bits(16, 0).bits(2, rate).bits(6, sizeCode).bits(5, id).bits(3, 0);
  writer.bits(3, coding);
  if (coding % 2 === 1 && coding > 1) writer.bits(2, 3);
  if (coding >= 4) writer.bits(2, 3);
  if (coding === 2) writer.bits(2, 3);
  return padded(writer.flag(lfe).toBytes(), size);
}

/** E-AC-3, §E.1.2.1 */
function eac3({ type = 0, substream = 0, size = 256, rate = 0, blocks = 3, coding = 2, lfe = false } = {}): Uint8Array {
  const writer = new BitWriter()
    .bits(16, 0x0b77)
    .bits(2, type)
    .bits(3, substream)
    .bits(11, size / 2 - 1);
  writer.bits(2, rate).bits(2, blocks).bits(3, coding).flag(lfe).bits(5, 16);
  return padded(writer.toBytes(), size);
}

function padded(bytes: Uint8Array, size: number): Uint8Array {
  const longer = new Uint8Array(Math.max(size, bytes.length, 8));
  longer.set(bytes);
  return longer;
}

describe('frames of AC-3 and E-AC-3', () => {
  it.each([
    [{ rate: 0, sizeCode: 8 }, 256], // 64 kbit/s at 48 kHz
    [{ rate: 1, sizeCode: 8 }, 278], // 44.1 kHz
    [{ rate: 1, sizeCode: 9 }, 280],
    [{ rate: 2, sizeCode: 37 }, 3840], // 640 kbit/s at 32 kHz
    [{ rate: 3 }, 0],
    [{ sizeCode: 38 }, 0],
  ])('AC-3 of %j has its size', (fields, size) => {
    expect(dolbySync.length(ac3(fields), 0)).toBe(size);
  });

  it.each([
    [ac3({ coding: 7 }), { codec: 'ac3', channels: 6, sampleRate: 48_000, lfe: true }, '10 3c 80'],
    [ac3({ coding: 2, lfe: false, rate: 1 }), { channels: 2, lfe: false, sampleRate: 44_100 }, '50 10 80'],
    [ac3({ coding: 1, lfe: true }), { channels: 2, codingMode: 1, lfe: true }, '10 0c 80'],
    [eac3({ coding: 7, lfe: true }), { codec: 'eac3', channels: 6, sampleRate: 48_000 }, '02 00 20 0f 00'],
    [eac3({ rate: 3, blocks: 0 }), { sampleRate: 24_000, channels: 2 }, '01 00 e0 04 00'],
  ])('say their configuration', (frame, expected, box) => {
    const configuration = dolbyConfiguration(frame, 0);
    expect(configuration).toMatchObject(expected);
    // AC3SpecificBox, ETSI TS 102 366 §F.4, and EC3SpecificBox, §F.6: worked out by hand, to the last bit.
    expect(Buffer.from(configuration.specificBox).toString('hex')).toBe(box.replaceAll(' ', ''));
  });

  it.each([
    [eac3({ blocks: 1 }), 'fewer than six blocks'],
    [eac3({ type: 1 }), 'several substreams (strmtyp 1'],
    [eac3({ rate: 3, blocks: 3 }), 'fscod2 3'],
    [ac3({ id: 10 }), 'AC-3 of bsid 10'],
  ])('are refused by name', (frame, message) => {
    expect(() => dolbyConfiguration(frame, 0)).toThrow(message);
  });

  it('are taken as they are, and found among other bytes', () => {
    const frames = [eac3({ size: 256 }), eac3({ size: 300 }), eac3({ size: 128 }), eac3(), eac3()];
    const bytes = new Uint8Array(Buffer.concat([Uint8Array.of(0x0b, 0x77, 1), ...frames]));
    expect(findFrame(bytes, dolbySync, { from: 0, limit: bytes.length, complete: false })).toBe(3);
    const { data, sizes, starts } = takeDolbyFrames(bytes, 3);
    expect({ length: data.length, sizes, starts }).toEqual({
      length: bytes.length - 3,
      sizes: [256, 300, 128, 256, 256],
      starts: [3, 259, 559, 687, 943],
    });
  });

  it.each([
    ['cut off', () => Buffer.concat([eac3(), eac3().subarray(0, 100)]), 'a frame is cut off: 100 of 256 bytes'],
    ['a header cut off', () => Buffer.concat([eac3(), eac3().subarray(0, 5)]), 'the header of a frame is cut off'],
    ['something else', () => Buffer.concat([eac3(), new Uint8Array(20)]), 'no frame begins'],
    ['other channels', () => Buffer.concat([eac3(), eac3({ coding: 1 })]), 'change inside a segment'],
    ['a dependent substream', () => Buffer.concat([eac3(), eac3({ type: 1 })]), 'several substreams'],
  ])('with %s at the end are refused', (_, bytes, message) => {
    expect(() => takeDolbyFrames(new Uint8Array(bytes()), 0)).toThrow(message);
  });
});
