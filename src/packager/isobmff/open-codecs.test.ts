import { describe, expect, it } from 'vitest';
import { BitWriter } from '../../../test/support/bit-writer.js';
import { parseAv1Configuration } from '../codec/av1/av1c.js';
import { parseFlacSpecific } from '../codec/flac/specific-box.js';
import { parseOpusSpecific } from '../codec/opus/specific-box.js';
import { parseVp9Configuration } from '../codec/vp9/vpcc.js';
import type { CodecConfiguration, Track } from '../model/track.js';
import { findBox, readBoxes } from './box-reader.js';
import { initSegment } from './init-segment.js';
import { readSampleEntry } from './read-sample-entry.js';

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

interface SequenceFields {
  profile?: number;
  reduced?: boolean;
  timing?: boolean;
  high?: boolean;
  mono?: boolean;
  colour?: readonly [number, number, number];
  fullRange?: boolean;
}

/** A sequence header OBU, after one of another type. */
function sequenceHeader(fields: SequenceFields): Uint8Array {
  const { profile = 0, reduced = false, timing = false, colour } = fields;
  const writer = new BitWriter().bits(3, profile).flag(false).flag(reduced);
  if (reduced) writer.bits(5, 4);
  else {
    writer.flag(timing);
    if (timing) writer.bits(32, 1).bits(32, 25).flag(true).ue(0).flag(true).bits(5, 9).bits(32, 1).bits(10, 0x3ff);
    writer.flag(true).bits(5, 1); // initial_display_delay_present_flag; two operating points
    for (const level of [8, 4]) {
      writer.bits(12, 1).bits(5, level);
      if (level > 7) writer.flag(true);
      if (timing) writer.flag(true).bits(10, 1).bits(10, 1).flag(false);
      writer.flag(true).bits(4, 3);
    }
  }
  writer.bits(4, 7).bits(4, 6).bits(8, 159).bits(7, 89);
  if (!reduced) writer.flag(true).bits(7, 1);
  writer.bits(3, 7);
  if (!reduced) writer.bits(4, 15).flag(true).bits(2, 3).flag(false).flag(true).flag(false).flag(true).bits(3, 6);
  writer.bits(3, 7).flag(fields.high ?? false);
  if (profile === 2 && fields.high) writer.flag(false);
  if (profile !== 1) writer.flag(fields.mono ?? false);
  writer.flag(colour !== undefined);
  for (const point of colour ?? []) writer.bits(8, point);
  const payload = writer
    .flag(fields.fullRange ?? false)
    .trailing()
    .toBytes();
  return Uint8Array.of(0x12, 0, 0x0a, payload.length, ...payload);
}

const av1C = (profileAndLevel: number, coding: number, obus: Uint8Array) =>
  Uint8Array.of(0x81, profileAndLevel, coding, 0, ...obus);

describe('parseAv1Configuration', () => {
  it.each([
    ['av01.0.04M.08', av1C(4, 0x0c, sequenceHeader({}))],
    ['av01.0.04M.08', av1C(4, 0x0c, sequenceHeader({ colour: [1, 1, 1] }))],
    ['av01.0.13H.10.0.110.09.16.09.0', av1C(13, 0xcc, sequenceHeader({ high: true, colour: [9, 16, 9] }))],
    [
      'av01.0.13M.10.0.112.09.18.09.1',
      av1C(13, 0x4e, sequenceHeader({ timing: true, colour: [9, 18, 9], fullRange: true })),
    ],
    ['av01.1.04M.08.0.000.01.01.01.0', av1C(0x24, 0, sequenceHeader({ profile: 1 }))],
    ['av01.2.04M.12.0.100.01.01.01.0', av1C(0x44, 0x68, sequenceHeader({ profile: 2, high: true }))],
    ['av01.0.04M.08.1.110.01.01.01.0', av1C(4, 0x1c, sequenceHeader({ reduced: true, mono: true }))],
    ['av01.0.04M.08', av1C(4, 0x0c, new Uint8Array())],
  ])('says %s', (codecString, bytes) => {
    expect(parseAv1Configuration(bytes)).toMatchObject({ codecString, configurationBox: bytes });
  });

  it('finds the colour', () => {
    const { colour } = parseAv1Configuration(av1C(4, 0x4c, sequenceHeader({ timing: true, colour: [9, 16, 9] })));
    expect(colour).toEqual({ primaries: 9, transfer: 16, matrix: 9, fullRange: false });
  });

  it.each([
    ['another version', bytesOf('82040c00'), 'begins with 130'],
    ['an OBU that is cut off', bytesOf('81040c00 0a 20 00'), 'OBU of 32 bytes, 1 left'],
    ['an OBU without its size', bytesOf('81040c00 08 00'), 'OBU without its size'],
    ['an endless size', bytesOf('81040c00 0a ffffffffffffffffff'), 'longer than 8 bytes'],
    ['nothing', new Uint8Array(), 'need 1 bytes'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parseAv1Configuration(bytes)).toThrow(message);
  });
});

describe('parseVp9Configuration', () => {
  it.each([
    ['vp09.00.10.08', '01000000 00 0a 82 020202 0000', undefined],
    ['vp09.00.10.08', '01000000 00 0a 82 010101 0000', { primaries: 1, transfer: 1, matrix: 1, fullRange: false }],
    [
      'vp09.02.51.10.01.09.16.09.00',
      '01000000 02 33 a2 091009 0000',
      { primaries: 9, transfer: 16, matrix: 9, fullRange: false },
    ],
    ['vp09.01.20.08.03.02.02.02.01', '01000000 01 14 87 020202 0000', undefined],
  ])('says %s', (codecString, hex, colour) => {
    const read = parseVp9Configuration(bytesOf(hex));
    expect(read).toMatchObject({ codecString });
    expect(read.colour).toEqual(colour);
  });

  it('refuses another version', () => {
    expect(() => parseVp9Configuration(bytesOf('00000000 00 0a 82 020202'))).toThrow('version 0');
  });
});

describe('parseOpusSpecific and parseFlacSpecific', () => {
  it('read channels and rates', () => {
    expect(parseOpusSpecific(bytesOf('00 02 0138 0000bb80 0000 00'))).toMatchObject({
      channels: 2,
      sampleRate: 48_000,
    });
    expect(parseOpusSpecific(bytesOf('00 06 0138 0000bb80 0000 01 04 02 000401020305'))).toMatchObject({ channels: 6 });
    const flac = bytesOf(
      '00000000 80000022 1000 1000 000000 000000 17700 370 000000000 00000000000000000000000000000000',
    );
    expect(parseFlacSpecific(flac)).toMatchObject({
      channels: 2,
      sampleRate: 96_000,
      bitsPerSample: 24,
      frameLength: 4096,
    });
  });

  it.each([
    ['Opus of another version', () => parseOpusSpecific(bytesOf('01 02 0138 0000bb80 0000 00')), 'version 1'],
    ['Opus without a channel', () => parseOpusSpecific(bytesOf('00 00 0138 0000bb80 0000 00')), 'without a channel'],
    [
      'an Opus mapping that is cut off',
      () => parseOpusSpecific(bytesOf('00 06 0138 0000bb80 0000 01 04')),
      'need 8 bytes',
    ],
    ['FLAC that begins with another block', () => parseFlacSpecific(bytesOf('00000000 84000022 1000')), 'block 4'],
  ])('refuse %s', (_, parse, message) => {
    expect(parse).toThrow(message);
  });
});

describe('an initialization segment', () => {
  const size = { width: 160, height: 90, sampleAspectRatio: [4, 3] } as const;
  const bright = { primaries: 9, transfer: 16, matrix: 9, fullRange: false };
  const configurations: CodecConfiguration[] = [
    { ...parseAv1Configuration(av1C(4, 0x4c, sequenceHeader({ colour: [9, 16, 9] }))), ...size },
    { ...parseVp9Configuration(bytesOf('01000000 02 33 a2 091009 0000')), ...size, colour: bright },
    parseOpusSpecific(bytesOf('00 02 0138 0000bb80 0000 00')),
    parseFlacSpecific(
      bytesOf('00000000 80000022 1000 1000 000000 000000 0bb80 170 000000000 00000000000000000000000000000000'),
    ),
  ];

  it.each(configurations)('of $codec can be read back', async (configuration) => {
    const track = {
      ...{ kind: 'width' in configuration ? 'video' : 'audio', pid: 1, timescale: 48_000, configuration },
      ...{ decodeShift: 0, jitter: 0, fingerprint: '' },
    } as Track;
    const description = findBox(readBoxes(initSegment(track)), 'moov/trak/mdia/minf/stbl/stsd');
    const { configuration: read } = await readSampleEntry(description?.children ?? [], () =>
      Promise.reject(new Error()),
    );
    expect(read).toEqual(configuration);
  });
});
