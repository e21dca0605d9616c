import { describe, expect, it } from 'vitest';
import { startCodeFinder, withoutTrailingZeros } from './annexb.js';

const streams: [string, number[], number[]][] = [
  ['nothing', [], []],
  ['no start code', [0, 0, 2, 1, 0, 1], []],
  ['short and long start codes', [0, 0, 1, 9, 0, 0, 0, 1, 7, 0, 0, 1], [0, 5, 9]],
  ['zeros before and after', [0, 0, 0, 0, 1, 1, 1, 0, 0, 0], [2]],
  ['one that is cut off', [5, 0, 0, 1, 0, 0], [1]],
];

function all(bytes: Uint8Array, find: (from: number) => number): number[] {
  const found: number[] = [];
  for (let at = find(0); at >= 0; at = find(at + 3)) found.push(at);
  return found.filter((at) => at < bytes.length);
}

describe('startCodeFinder', () => {
  it.each(streams)('finds the same with and without native search: %s', (_, bytes, expected) => {
    // Inside a larger buffer, whose bytes around must not be found.
    const around = Uint8Array.from([0, 0, 1, 0, ...bytes, 0, 0, 1, 5]);
    const view = around.subarray(4, 4 + bytes.length);
    expect(all(view, startCodeFinder(view))).toEqual(expected);
    expect(all(view, startCodeFinder(view, undefined))).toEqual(expected);
    expect(all(view, startCodeFinder(view, null as never))).toEqual(expected);
  });
});

it('a NAL unit ends before its trailing zeros, and not before it starts', () => {
  expect(withoutTrailingZeros(Uint8Array.of(1, 2, 0, 0), 0, 4)).toBe(2);
  expect(withoutTrailingZeros(Uint8Array.of(0, 0, 0, 0), 2, 4)).toBe(2);
});
