import { describe, expect, it } from 'vitest';
import { writeAdtsFrame } from '../../../../test/support/adts-writer.js';
import { parseAdtsHeader } from './adts.js';
import { takeAdtsFrames } from './adts-frames.js';
import { aacConfiguration } from './audio-specific-config.js';
import { firstFrame } from './first-frame.js';

const frame = (size: number, fields = {}) =>
  writeAdtsFrame(
    Uint8Array.from({ length: size }, (_, index) => index % 251),
    fields,
  );
const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

describe('parseAdtsHeader', () => {
  it.each([
    [
      {},
      {
        objectType: 2,
        sampleRate: 48_000,
        channelConfiguration: 2,
        headerLength: 7,
        frameLength: 107,
        rawDataBlocks: 1,
      },
    ],
    [
      { crc: true, frequencyIndex: 4, channels: 6 },
      { sampleRate: 44_100, channelConfiguration: 6, headerLength: 9, frameLength: 109 },
    ],
    [
      { profile: 0, frequencyIndex: 12, channels: 1, mpeg2: true },
      { objectType: 1, sampleRate: 7350, channelConfiguration: 1 },
    ],
    [{ blocks: 3 }, { rawDataBlocks: 3 }],
  ])('reads %j', (fields, expected) => {
    expect(parseAdtsHeader(frame(100, fields))).toMatchObject(expected);
  });

  it.each([
    ['no syncword', Uint8Array.of(0xff, 0xe0, 0, 0, 0, 0, 0), 'no ADTS syncword'],
    ['a layer that is not 0', Uint8Array.of(0xff, 0xf2, 0, 0, 0, 0, 0), 'no ADTS syncword'],
    ['a reserved frequency', frame(10, { frequencyIndex: 13 }), 'sampling_frequency_index 13'],
    ['an empty frame', frame(0), 'ADTS frame of 7 bytes is empty'],
    ['too few bytes', frame(10).subarray(0, 6), 'ADTS header is cut off'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parseAdtsHeader(bytes)).toThrow(message);
  });
});

describe('aacConfiguration', () => {
  it.each([
    [{}, [0x11, 0x90], 2, 'mp4a.40.2'],
    [{ frequencyIndex: 4, channels: 1 }, [0x12, 0x08], 1, 'mp4a.40.2'],
    [{ channels: 6 }, [0x11, 0xb0], 6, 'mp4a.40.2'],
    [{ channels: 7 }, [0x11, 0xb8], 8, 'mp4a.40.2'],
    [{ profile: 0 }, [0x09, 0x90], 2, 'mp4a.40.1'],
  ])('of %j', (fields, bytes, channels, codecString) => {
    const configuration = aacConfiguration(parseAdtsHeader(frame(10, fields)));
    expect({ ...configuration, audioSpecificConfig: [...configuration!.audioSpecificConfig] }).toMatchObject({
      audioSpecificConfig: bytes,
      channels,
      codecString,
      frameLength: 1024,
    });
  });

  it('has none for channels that are described in band', () => {
    expect(aacConfiguration(parseAdtsHeader(frame(10, { channels: 0 })))).toBeUndefined();
  });
});

describe('takeAdtsFrames', () => {
  it('joins the payloads and knows where frames were', () => {
    const bytes = join(Uint8Array.of(1, 2, 3), frame(5), frame(8, { crc: true }), frame(2));
    const { data, sizes, starts } = takeAdtsFrames(bytes, 3);
    expect([sizes, starts, [...data]]).toEqual([
      [5, 8, 2],
      [3, 15, 32],
      [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1],
    ]);
  });

  it.each([
    ['cut off', join(frame(20), frame(20).subarray(0, 15)), 'AAC frame is cut off: 15 of 27 bytes at byte 27'],
    ['cut off in its header', join(frame(20), frame(20).subarray(0, 3)), 'ADTS header is cut off at byte 27'],
    ['followed by something else', join(frame(20), new Uint8Array(30)), 'no ADTS syncword (0xFFF) at byte 27'],
    ['followed by other audio', join(frame(20), frame(20, { channels: 1 })), 'channels change inside a segment'],
    ['of several blocks', join(frame(20, { blocks: 2 })), 'ADTS frames of 2 raw data blocks are not supported'],
  ])('refuses a frame that is %s', (_, bytes, message) => {
    expect(() => takeAdtsFrames(bytes, 0)).toThrow(message);
  });
});

describe('firstFrame', () => {
  const frames = join(frame(30), frame(31), frame(32), frame(33), frame(34));
  // The end of a frame that happens to hold what looks like a header.
  const rest = join(Uint8Array.of(9, 9), frame(300).subarray(0, 40));
  const search = (bytes: Uint8Array, complete: boolean) =>
    firstFrame(bytes, { from: 0, limit: bytes.length, complete });

  it.each([
    ['at once', frames, false, 0],
    ['after the rest of another', join(rest, frames, frames, frames), false, rest.length],
    ['none in other bytes', new Uint8Array(500), false, -1],
    ['more bytes are needed to be sure', frames.subarray(0, 80), false, undefined],
    ['what is there is enough when nothing follows', frames.subarray(0, 80), true, 0],
    ['one that is cut off', frames.subarray(0, 20), true, 0],
    ['a false one at the end', join(new Uint8Array(20), Uint8Array.of(0xff, 0xf1)), true, -1],
  ])('%s', (_, bytes, complete, expected) => {
    expect(search(bytes, complete)).toBe(expected);
  });
});
