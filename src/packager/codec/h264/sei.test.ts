import { expect, it } from 'vitest';
import { writeSei } from '../../../../test/support/h264-writer.js';
import { recoveryFrameCount } from './sei.js';

it.each([
  ['none', writeSei(), undefined],
  ['after user data of 300 bytes', writeSei(0), 0],
  ['after little user data', writeSei(14, 3), 14],
  ['behind what is searched', writeSei(0, 509), undefined],
  ['cut off', Uint8Array.of(6, 6), undefined],
  ['cut off in a size', Uint8Array.of(6, 255, 255, 255), undefined],
  ['a payload of zeros', Uint8Array.of(6, 6, 1, 0), undefined],
])('finds a recovery point: %s', (_, nal, expected) => {
  expect(recoveryFrameCount(nal)).toBe(expected);
});
