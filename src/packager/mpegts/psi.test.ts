import { describe, expect, it } from 'vitest';
import {
  patSection,
  pmtSection,
  type StreamEntry,
  TransportStreamWriter,
  videoAndAudio,
} from '../../../test/support/transport-stream.js';
import { mpegCrc32 } from '../bits/mpeg-crc32.js';
import { findProgram, selectStreams } from './program.js';
import { parseProgramAssociation, parseProgramMap, SectionAssembler } from './psi.js';

const language = (code: string) => [0x0a, 4, ...Buffer.from(code), 0];
const registration = (name: string) => [0x05, 4, ...Buffer.from(name)];

it('CRC_32 is the one of the standard', () => {
  expect(mpegCrc32(Buffer.from('123456789'))).toBe(0x0376_e6e7);
});

describe('parseProgramMap', () => {
  it('reads streams, languages and descriptors', () => {
    const streams: StreamEntry[] = [
      { pid: 256, streamType: 0x1b },
      { pid: 257, streamType: 0x0f, descriptors: [registration('AACL'), language('deu')] },
      { pid: 258, streamType: 0x06, descriptors: [[0x59, 0]] },
    ];
    const map = parseProgramMap(pmtSection(streams, { programInfo: [0x0e, 3, 1, 2, 3] }));
    expect(map).toMatchObject({
      ...{ programNumber: 1, pcrPid: 256 },
      streams: [
        { pid: 256, content: { kind: 'video', name: 'H.264' } },
        { pid: 257, content: { kind: 'audio' }, language: 'deu' },
        { pid: 258, content: { kind: 'data', name: 'DVB subtitles' } },
      ],
    });
  });

  it.each<[string, StreamEntry, object]>([
    ['HEVC', { pid: 1, streamType: 0x24 }, { kind: 'video', name: 'HEVC', codec: 'hevc' }],
    ['VVC', { pid: 1, streamType: 0x33 }, { kind: 'unsupported', name: 'VVC' }],
    ['LATM', { pid: 1, streamType: 0x11 }, { kind: 'audio', name: 'AAC (LATM)', framing: 'latm' }],
    ['AC-3', { pid: 1, streamType: 0x81 }, { kind: 'audio', name: 'AC-3', framing: 'dolby' }],
    ['E-AC-3', { pid: 1, streamType: 0x87 }, { kind: 'audio', name: 'E-AC-3', framing: 'dolby' }],
    ['MP3', { pid: 1, streamType: 0x03 }, { kind: 'audio', name: 'MPEG-1 audio', framing: 'mpeg' }],
    [
      'E-AC-3 by its registration',
      { pid: 1, streamType: 0x06, descriptors: [registration('EAC3')] },
      { kind: 'audio', name: 'E-AC-3', framing: 'dolby' },
    ],
    [
      'AC-3 of DVB',
      { pid: 1, streamType: 0x06, descriptors: [[0x6a, 0]] },
      { kind: 'audio', name: 'AC-3', framing: 'dolby' },
    ],
    ['Opus', { pid: 1, streamType: 0x06, descriptors: [registration('Opus')] }, { kind: 'unsupported', name: 'Opus' }],
    ['MPEG-2 video', { pid: 1, streamType: 0x02 }, { kind: 'unsupported', name: 'MPEG-2 video' }],
    ['ID3', { pid: 1, streamType: 0x15 }, { kind: 'metadata', name: 'timed metadata (ID3)', format: 'id3' }],
    ['SCTE-35', { pid: 1, streamType: 0x86 }, { kind: 'metadata', name: 'SCTE-35', format: 'scte35' }],
    ['what nobody knows', { pid: 1, streamType: 0xa0 }, { kind: 'data', name: 'stream type 0xa0' }],
  ])('names %s', (_, stream, content) => {
    expect(parseProgramMap(pmtSection([stream]))?.streams[0]?.content).toEqual(content);
  });

  it('passes over other tables and the next version', () => {
    expect(parseProgramMap(patSection([[1, 5]]))).toBeUndefined();
    expect(parseProgramMap(pmtSection(videoAndAudio, { current: false }))).toBeUndefined();
  });

  it.each([
    ['a wrong CRC', (section: Uint8Array) => section.with(12, 99), 'PSI section with a wrong CRC'],
    ['no room for its header', (section: Uint8Array) => section.subarray(0, 8), 'PSI section of 8 bytes'],
  ])('refuses %s', (_, damage, message) => {
    expect(() => parseProgramMap(damage(pmtSection(videoAndAudio)))).toThrow(message);
  });

  it('refuses descriptors longer than the section', () => {
    const section = pmtSection([{ pid: 1, streamType: 0x1b, descriptors: [[0x0a, 99]] }]);
    expect(() => parseProgramMap(section)).toThrow('need 99 bytes, 0 left');
  });
});

describe('SectionAssembler', () => {
  const pat = patSection([[1, 256]]);
  const many = patSection(Array.from({ length: 100 }, (_, index) => [index + 1, 300 + index] as const));

  it('puts a section over several packets together', () => {
    const packets = new TransportStreamWriter().section(0, many).packets;
    const assembler = new SectionAssembler();
    const sections = packets.flatMap((packet, index) => assembler.add(packet.subarray(4), index === 0));
    expect(packets.length).toBe(3);
    expect(parseProgramAssociation(sections[0]!)?.programs).toHaveLength(100);
  });

  it('finds several sections in one payload, and one that ends before the pointer', () => {
    const assembler = new SectionAssembler();
    expect(assembler.add(Uint8Array.of(0, ...pat, ...pat.subarray(0, 5)), true)).toEqual([pat]);
    expect(assembler.add(Uint8Array.of(pat.length - 5, ...pat.subarray(5), ...pat, 0xff, 0xff), true)).toEqual([
      pat,
      pat,
    ]);
  });

  it('waits for the start of a section', () => {
    expect(new SectionAssembler().add(pat, false)).toEqual([]);
  });

  it('survives a pointer past its payload', () => {
    expect(new SectionAssembler().add(Uint8Array.of(200, 1, 2), true)).toEqual([]);
  });
});

describe('findProgram', () => {
  it('finds tables anywhere in the bytes', () => {
    const writer = new TransportStreamWriter().pes(256, new Uint8Array(500)).tables();
    expect(findProgram(writer.toBytes())?.streams).toHaveLength(2);
  });

  it('refuses several programs', () => {
    const writer = new TransportStreamWriter().section(
      0,
      patSection([
        [0, 16],
        [1, 300],
        [2, 400],
      ]),
    );
    expect(() => findProgram(writer.toBytes())).toThrow(
      'transport stream with several programs (1, 2); one is allowed',
    );
  });

  it('says where a damaged table is', () => {
    const writer = new TransportStreamWriter().pes(256, new Uint8Array(10)).section(0, patSection([[1, 5]]).with(9, 0));
    expect(() => findProgram(writer.toBytes(), 1000)).toThrow(
      /PID 0: PSI section with a wrong CRC at byte 12 \(byte 1188\)/,
    );
  });
});

describe('selectStreams', () => {
  const select = (streams: StreamEntry[], maximum = 16) =>
    selectStreams(parseProgramMap(pmtSection(streams))!, maximum);
  const [video, audio] = videoAndAudio as [StreamEntry, StreamEntry];

  it('puts video first, and names what is carried beside it and what is left out', () => {
    const others = [0x15, 0x86, 0x05].map((streamType, index) => ({ pid: 300 + index, streamType }));
    const selected = select([audio, ...others, video]);
    expect(selected.streams.map(({ pid }) => pid)).toEqual([256, 257]);
    expect(selected.metadata).toEqual([
      { pid: 300, format: 'id3' },
      { pid: 301, format: 'scte35' },
    ]);
    expect(selected.leftOut).toEqual(['private sections']);
  });

  it.each<[string, StreamEntry[], string, string]>([
    [
      'VVC',
      [{ pid: 256, streamType: 0x33 }],
      'source_unsupported',
      'PID 256 is VVC; supported are H.264, HEVC, AAC (ADTS, LATM), AC-3',
    ],
    ['DTS beside AAC', [video, audio, { pid: 258, streamType: 0x82 }], 'source_unsupported', 'PID 258 is DTS'],
    ['SAMPLE-AES', [{ pid: 256, streamType: 0xdb }], 'source_encrypted', 'H.264 with SAMPLE-AES'],
    ['two videos', [video, { pid: 300, streamType: 0x1b }], 'source_unsupported', '2 video streams in one program'],
    [
      'nothing to see or hear',
      [{ pid: 300, streamType: 0x86 }],
      'source_invalid',
      'neither video nor audio; it has: SCTE-35',
    ],
    ['an empty program', [], 'source_invalid', 'it has: nothing'],
  ])('refuses %s', (_, streams, code, message) => {
    expect(() => select(streams)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
  });

  it('refuses more tracks than allowed', () => {
    const streams = Array.from({ length: 4 }, (_, index) => ({ pid: 300 + index, streamType: 0x0f }));
    expect(() => select(streams, 3)).toThrow('4 tracks in one rendition; maximumTracks is 3');
  });
});
