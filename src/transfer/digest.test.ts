import { describe, expect, it } from 'vitest';
import { crc32Digest, crc32OfJoined } from './digest.js';

const noise = (size: number) => Uint8Array.from({ length: size }, (_, at) => (at * 48_271 + size) % 251);
const pieceOf = (bytes: Uint8Array) => ({ digest: crc32Digest([bytes]), size: bytes.length });

describe('the digest of what is joined', () => {
  it.each([
    [[]],
    [[5]],
    [[0, 7, 0]],
    [[1, 1, 1]],
    [[300, 1, 70_000]],
    [Array.from({ length: 40 }, (_, at) => at * 97)],
  ])('is known from those of pieces of %j bytes', (sizes: readonly number[]) => {
    const pieces = sizes.map(noise);
    expect(crc32OfJoined(pieces.map(pieceOf))).toBe(crc32Digest(pieces));
  });

  it('is another one when they come in another order', () => {
    const [a, b] = [pieceOf(noise(10)), pieceOf(noise(20))];
    expect(crc32OfJoined([a, b])).not.toBe(crc32OfJoined([b, a]));
  });

  it('is right where sizes are beyond 32 bits', () => {
    // Zeros of 2^33 bytes, joined in two ways.
    const zeros = (exponent: number): ReturnType<typeof pieceOf> => {
      if (exponent === 20) return pieceOf(new Uint8Array(2 ** 20));
      const half = zeros(exponent - 1);
      return { digest: crc32OfJoined([half, half]), size: 2 * half.size };
    };
    const [large, tail] = [zeros(33), pieceOf(noise(9))];
    const halves = [zeros(32), zeros(32)];
    expect(crc32OfJoined([tail, large])).toBe(crc32OfJoined([tail, ...halves]));
    expect(crc32OfJoined([large, tail])).toBe(crc32OfJoined([...halves, tail]));
  });

  it('needs digests of that kind', () => {
    expect(() => crc32OfJoined([{ digest: `sha256:${'0'.repeat(64)}`, size: 1 }])).toThrow('a CRC-32 is needed');
  });
});
