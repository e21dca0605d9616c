import { expect, it } from 'vitest';
import { parseAudioSpecificConfig } from './read-audio-specific-config.js';
import { silentFrame } from './silent-frame.js';

/** Bit by bit: elements with their tags, then what each holds, then the end. */
it.each([
  ['mono', [0x11, 0x88], '000 0000 0000000000000000000000 111'],
  ['stereo', [0x11, 0x90], '001 0000 1 00000000000 00 00000000000 00000000000 111'],
  [
    '5.1',
    [0x11, 0xb0],
    `000 0000 0000000000000000000000 001 0000 1 00000000000 00 00000000000 00000000000
     001 0001 1 00000000000 00 00000000000 00000000000 011 0000 0000000000000000000000 111`,
  ],
  ['HE-AAC, signalled', [0x2b, 0x11, 0x88, 0x00], '001 0000 1 00000000000 00 00000000000 00000000000 111'],
])('a frame of %s has its elements, and nothing in them', (_, config, bits) => {
  const frame = silentFrame(parseAudioSpecificConfig(Uint8Array.from(config)));
  const written = Array.from(frame ?? [], (byte) => byte.toString(2).padStart(8, '0')).join('');
  const expected = bits.replace(/\s/g, '');
  expect(written).toBe(expected.padEnd(Math.ceil(expected.length / 8) * 8, '0'));
});
