import { expect, it } from 'vitest';
import { holdsBytes } from './holds-bytes.js';

/** What the core finds where there is no Buffer. */
const noNative = null as unknown as Parameters<typeof holdsBytes>[2];

it.each<[string, number[], boolean]>([
  ['at the start', [1, 2, 0], true],
  ['at the end, after a part of it', [1, 1, 2], true],
  ['nowhere', [1, 3, 2], false],
  ['cut off', [0, 1], false],
])('finds a pattern %s, with and without Buffer', (_, bytes, found) => {
  const [searched, pattern] = [Uint8Array.from(bytes), Uint8Array.of(1, 2)];
  expect(holdsBytes(searched, pattern)).toBe(found);
  expect(holdsBytes(searched, pattern, noNative)).toBe(found);
});
