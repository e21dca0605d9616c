import { describe, expect, it } from 'vitest';
import { channelMap } from './channel-configuration.js';
import { parseAc3Specific, parseEac3Specific } from './specific-box.js';

/** Fields of so many bits each, most significant first. */
function bits(...fields: readonly (readonly [value: number, count: number])[]): Uint8Array {
  const text = fields.map(([value, count]) => value.toString(2).padStart(count, '0')).join('');
  return Uint8Array.from(text.padEnd(Math.ceil(text.length / 8) * 8, '0').match(/.{8}/g) ?? [], (byte) =>
    parseInt(byte, 2),
  );
}

const dac3 = (fscod: number, acmod: number, lfe: number) =>
  bits([fscod, 2], [8, 5], [0, 3], [acmod, 3], [lfe, 1], [10, 5], [0, 5]);
const dec3 = (fscod: number, acmod: number, lfe: number, [independent, dependent] = [0, 0]) =>
  bits(
    ...([
      [192, 13],
      [independent, 3],
      [fscod, 2],
      [16, 5],
      [0, 5],
      [acmod, 3],
      [lfe, 1],
      [0, 3],
    ] as const),
    ...([
      [dependent, 4],
      [0, 1],
    ] as const),
  );

describe('parseAc3Specific', () => {
  it.each([
    ['5.1', dac3(0, 7, 1), { sampleRate: 48_000, channels: 6 }, 'F801'],
    ['stereo at 44.1 kHz', dac3(1, 2, 0), { sampleRate: 44_100, channels: 2 }, 'A000'],
    ['mono at 32 kHz', dac3(2, 1, 0), { sampleRate: 32_000, channels: 1 }, '4000'],
    ['3/1', dac3(0, 5, 0), { channels: 4 }, 'E100'],
  ])('reads %s', (_, bytes, expected, map) => {
    const configuration = parseAc3Specific(bytes);
    expect(configuration).toMatchObject({ codec: 'ac3', codecString: 'ac-3', specificBox: bytes, ...expected });
    expect(channelMap(configuration)).toBe(map);
  });

  it.each([
    ['a reserved rate', dac3(3, 2, 0), 'fscod 3 is reserved'],
    ['a cut box', new Uint8Array(1), 'need 8 bits, 6 left'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parseAc3Specific(bytes)).toThrow(message);
  });
});

describe('parseEac3Specific', () => {
  it.each([
    ['5.1', dec3(0, 7, 1), { sampleRate: 48_000, channels: 6 }, 'F801'],
    ['a rate that the sample entry tells', dec3(3, 2, 0), { sampleRate: 24_000, channels: 2 }, 'A000'],
  ])('reads %s', (_, bytes, expected, map) => {
    const configuration = parseEac3Specific(bytes, 24_000);
    expect(configuration).toMatchObject({ codec: 'eac3', codecString: 'ec-3', specificBox: bytes, ...expected });
    expect(channelMap(configuration)).toBe(map);
  });

  it.each([
    ['two independent substreams', dec3(0, 7, 1, [1, 0]), '2 independent and 0 dependent substreams'],
    ['a dependent substream', dec3(0, 7, 1, [0, 1]), '1 independent and 1 dependent substreams'],
    ['a cut box', new Uint8Array(2), 'bits'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parseEac3Specific(bytes, 48_000)).toThrow(message);
  });
});
