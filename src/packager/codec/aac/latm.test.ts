import { describe, expect, it } from 'vitest';
import { BitWriter } from '../../../../test/support/bit-writer.js';
import { latmConfiguration, takeLatmFrames } from './latm.js';
import { parseAudioSpecificConfig } from './read-audio-specific-config.js';

interface Mux {
  readonly version?: 0 | 1;
  readonly objectType?: number;
  readonly subFrames?: number;
  readonly programs?: number;
  readonly lengthType?: number;
  readonly otherData?: boolean;
  readonly crc?: boolean;
}

/** AudioSpecificConfig of 48 kHz stereo, ISO/IEC 14496-3 §1.6.2.1; HE-AAC with a core of 24 kHz. */
function config(writer: BitWriter, objectType: number): BitWriter {
  if (objectType === 5) return writer.bits(5, 5).bits(4, 6).bits(4, 2).bits(4, 3).bits(5, 2).bits(3, 0);
  return writer.bits(5, objectType).bits(4, 3).bits(4, 2).bits(3, 0);
}

/** AudioSyncStream with one AAC frame; without `mux` it says that all is as it was. */
function frame(payload: readonly number[], mux?: Mux): Uint8Array {
  const writer = new BitWriter().flag(mux === undefined);
  if (mux) {
    const { version = 0, objectType = 2, subFrames = 0, programs = 0, lengthType = 0 } = mux;
    writer.bits(1, version);
    if (version === 1) writer.bits(1, 0).bits(2, 0).bits(8, 0);
    writer.bits(1, 1).bits(6, subFrames).bits(4, programs).bits(3, 0);
    if (version === 1) writer.bits(2, 0).bits(8, objectType === 5 ? 25 : 16);
    config(writer, objectType)
      .bits(3, lengthType)
      .bits(8, 0xff)
      .flag(mux.otherData ?? false);
    if (mux.otherData) {
      if (version === 1) writer.bits(2, 0).bits(8, 7);
      else writer.bits(9, 0x100 + 1).bits(9, 7);
    }
    writer.flag(mux.crc ?? false);
    if (mux.crc) writer.bits(8, 0x5a);
  }
  let left = payload.length;
  for (; left >= 255; left -= 255) writer.bits(8, 255);
  writer.bits(8, left);
  for (const byte of payload) writer.bits(8, byte);
  const element = writer.toBytes();
  const header = new BitWriter().bits(11, 0x2b7).bits(13, element.length).toBytes();
  return new Uint8Array(Buffer.concat([header, element]));
}

const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const long = Array.from({ length: 600 }, (_, index) => index % 253);

describe('AAC in LATM', () => {
  it.each<[string, Mux]>([
    ['as it usually is', {}],
    ['of audioMuxVersion 1', { version: 1 }],
    ['with other data and a CRC', { otherData: true, crc: true }],
    ['of version 1 with other data', { version: 1, otherData: true }],
  ])('%s gives its frames and configuration', (_, mux) => {
    const bytes = join(Uint8Array.of(1), frame([1, 2, 3], mux), frame(long), frame([255], mux));
    expect(latmConfiguration(bytes, 1)).toMatchObject({ codecString: 'mp4a.40.2', sampleRate: 48_000, channels: 2 });
    expect([...(latmConfiguration(bytes, 1)?.audioSpecificConfig ?? [])]).toEqual([0x11, 0x90]);
    const { data, sizes } = takeLatmFrames(bytes, 1);
    expect(sizes).toEqual([3, 600, 1]);
    expect([...data]).toEqual([1, 2, 3, ...long, 255]);
  });

  it('has its configuration in a later frame, and HE-AAC in it', () => {
    const bytes = join(frame([1]), frame([2]), frame([3], { objectType: 5 }));
    expect(latmConfiguration(bytes, 0)).toMatchObject({
      codecString: 'mp4a.40.5',
      sampleRate: 24_000,
      outputSampleRate: 48_000,
    });
    expect(latmConfiguration(bytes.subarray(0, 10), 0)).toBeUndefined();
  });

  it.each<[string, () => Uint8Array, string]>([
    ['of several frames in an element', () => frame([1], { subFrames: 1 }), '2 frames, 1 programs'],
    ['of several programs', () => frame([1], { programs: 2 }), '3 programs'],
    ['of frames of a constant length', () => frame([1], { lengthType: 1 }), 'frameLengthType 1'],
    ['of another codec', () => frame([1], { objectType: 3 }), 'MPEG-4 audio of object type 3'],
    ['whose configuration changes', () => join(frame([1], {}), frame([1], { objectType: 4 })), 'changes inside'],
    ['that is cut off', () => frame(long, {}).subarray(0, 100), 'AAC frame is cut off: 100 of'],
    ['that is no LATM', () => Uint8Array.of(1, 2, 3, 4), 'no LOAS syncword'],
    ['with an empty frame', () => frame([], {}), 'an AAC frame of 0 bytes'],
    ['with an element that is too short', () => Uint8Array.of(0x56, 0xe0, 1, 0x00), 'need 6 bits'],
  ])('%s is refused', (_, bytes, message) => {
    expect(() => takeLatmFrames(bytes(), 0)).toThrow(message);
  });
});

describe('AudioSpecificConfig with SBR signalled behind the core', () => {
  const core = () => new BitWriter().bits(5, 2).bits(4, 6).bits(4, 1).bits(3, 0);
  const sbr = () => core().bits(11, 0x2b7).bits(5, 5).flag(true).bits(4, 3);
  it.each([
    [
      'HE-AAC',
      sbr().bits(3, 0),
      { codecString: 'mp4a.40.5', sampleRate: 24_000, outputSampleRate: 48_000, channels: 1 },
    ],
    ['HE-AAC v2', sbr().bits(11, 0x548).flag(true), { codecString: 'mp4a.40.29', channels: 2 }],
    ['no SBR', core().bits(11, 0x2b7).bits(5, 5).flag(false).bits(4, 0), { codecString: 'mp4a.40.2' }],
    ['nothing of it', core(), { codecString: 'mp4a.40.2', channels: 1 }],
  ])('is %s', (_, writer, expected) => {
    expect(parseAudioSpecificConfig(writer.toBytes())).toMatchObject(expected);
  });
});
