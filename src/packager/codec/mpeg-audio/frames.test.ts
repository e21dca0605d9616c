import { expect, it } from 'vitest';
import { mpegAudioConfiguration, mpegAudioSync } from './frames.js';

it.each([
  ['MP3 of 128 kbit/s', 'fffb9000', 417, { layer: 3, sampleRate: 44_100, channels: 2, frameLength: 1152 }],
  ['MP3 with padding', 'fffb92c0', 418, { layer: 3, channels: 1 }],
  ['layer II of 192 kbit/s', 'fffda400', 576, { layer: 2, sampleRate: 48_000, frameLength: 1152 }],
  ['layer I of 32 kbit/s', 'ffff1400', 32, { layer: 1, frameLength: 384 }],
  ['MPEG-2', 'fff38400', 192, { codecString: 'mp4a.69', sampleRate: 24_000, frameLength: 576 }],
  ['MPEG-2.5', 'ffe38400', 384, { codecString: 'mp4a.69', sampleRate: 12_000 }],
])('%s', (_, hex, size, expected) => {
  const bytes = Buffer.from(hex, 'hex');
  expect(mpegAudioSync.length(bytes, 0)).toBe(size);
  expect(mpegAudioConfiguration(bytes, 0)).toMatchObject({ codec: 'mpeg', ...expected });
});

it.each(['fe1b9000', 'fffb0000', 'fffbf000', 'fffb9c00', 'fff99000', 'ffeb9000', ''])('%s begins no frame', (hex) => {
  const bytes = Buffer.from(hex, 'hex');
  expect(mpegAudioSync.length(bytes, 0)).toBe(0);
  expect(mpegAudioConfiguration(bytes, 0)).toBeUndefined();
});
