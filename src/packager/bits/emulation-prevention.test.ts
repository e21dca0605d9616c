import { expect, it } from 'vitest';
import { rawByteSequence } from './emulation-prevention.js';

it.each([
  [
    [1, 2, 3],
    [1, 2, 3],
  ],
  [
    [0, 0, 3, 1],
    [0, 0, 1],
  ],
  [
    [0, 0, 3, 0, 0, 3, 0],
    [0, 0, 0, 0, 0],
  ],
  [
    [0, 3, 0, 0, 3],
    [0, 3, 0, 0],
  ],
  [
    [0, 0, 3, 3],
    [0, 0, 3],
  ],
])('takes emulation prevention out of %j', (nal, raw) => {
  expect([...rawByteSequence(Uint8Array.from(nal))]).toEqual(raw);
});

it('stops at the limit', () => {
  expect([...rawByteSequence(Uint8Array.of(0, 0, 3, 1, 2, 3), 4)]).toEqual([0, 0, 1, 2]);
});
