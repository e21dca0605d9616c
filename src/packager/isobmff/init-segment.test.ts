import { describe, expect, it } from 'vitest';
import type { AudioTrack, VideoTrack } from '../model/track.js';
import { findBox, readBoxes } from './box-reader.js';
import { initSegment } from './init-segment.js';
import { canonicalLanguage, iso639 } from '../model/language.js';

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

const video = {
  kind: 'video',
  pid: 256,
  timescale: 90_000,
  decodeShift: 0,
  configuration: {
    codec: 'avc',
    codecString: 'avc1.64001f',
    parameterSetsInBand: false,
    sps: [bytesOf('6764001facd9')],
    pps: [bytesOf('68ebe3cb22c0'), bytesOf('68aa')],
    width: 720,
    height: 576,
    sampleAspectRatio: [16, 15],
    chromaFormat: 1,
    bitDepthLuma: 8,
    bitDepthChroma: 10,
  },
} satisfies VideoTrack;

const audio: AudioTrack = {
  kind: 'audio',
  pid: 257,
  timescale: 48_000,
  jitter: 2,
  fingerprint: 'a',
  configuration: {
    codec: 'aac',
    codecString: 'mp4a.40.2',
    audioSpecificConfig: bytesOf('1190'),
    sampleRate: 48_000,
    channels: 6,
    frameLength: 1024,
  },
};

function payload(bytes: Uint8Array, path: string): string | undefined {
  const view = findBox(readBoxes(bytes), path)?.payload;
  return view && Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('hex');
}

describe('an initialization segment', () => {
  it('is a CMAF header', () => {
    const boxes = readBoxes(initSegment(video));
    expect(boxes.map(({ type }) => type)).toEqual(['ftyp', 'moov']);
    expect(Buffer.from(payload(initSegment(video), 'ftyp') ?? '', 'hex').toString()).toBe('iso6\0\0\0\0iso6cmfccmf2');
    expect(findBox(boxes, 'moov')?.children.map(({ type }) => type)).toEqual(['mvhd', 'trak', 'mvex']);
    expect(findBox(boxes, 'moov/trak/mdia/minf/stbl')?.children.map(({ type }) => type)).toEqual([
      'stsd',
      'stts',
      'stsc',
      'stsz',
      'stco',
    ]);
    expect(payload(initSegment(video), 'moov/mvex/trex')).toBe(
      '00000000 00000001 00000001 00000000 00000000 00000000'.replaceAll(' ', ''),
    );
  });

  it('of MP3 says so by its object type, and has no AudioSpecificConfig', () => {
    const mp3 = {
      codec: 'mpeg',
      codecString: 'mp4a.6B',
      layer: 3,
      sampleRate: 44_100,
      channels: 2,
      frameLength: 1152,
    } as const;
    expect(payload(initSegment({ ...audio, configuration: mp3 }), 'moov/trak/mdia/minf/stbl/stsd/mp4a/esds')).toBe(
      '00000000 038080801b 000000 048080800d 6b 15 000000 0000000000000000 0680808001 02'.replaceAll(' ', ''),
    );
    const layer2 = { ...audio, configuration: { ...mp3, layer: 2 } as const };
    expect(() => initSegment(layer2)).toThrow('MPEG audio of layer 2 can be packaged in transport streams only');
  });

  it('of AVC has its parameter sets in avcC, and the pixel aspect ratio', () => {
    const entry = 'moov/trak/mdia/minf/stbl/stsd/avc1';
    expect(payload(initSegment(video), `${entry}/avcC`)).toBe(
      ['01 64 00 1f ff', 'e1 0006 6764001facd9', '02 0006 68ebe3cb22c0 0002 68aa', 'fd f8 fa 00']
        .join('')
        .replaceAll(' ', ''),
    );
    expect(payload(initSegment(video), `${entry}/pasp`)).toBe('000000100000000f');
    // 720 * 16 / 15 by 576, 16.16
    expect(payload(initSegment(video), 'moov/trak/tkhd')?.slice(-16)).toBe('0300000002400000');
  });

  it('of AVC below the high profiles ends its avcC with the parameter sets', () => {
    const configuration = { ...video.configuration, sps: [bytesOf('6742c01e')], pps: [bytesOf('68ce')] };
    expect(payload(initSegment({ ...video, configuration }), 'moov/trak/mdia/minf/stbl/stsd/avc1/avcC')).toBe(
      '0142c01effe100046742c01e01000268ce',
    );
  });

  it('of AVC that brings its own parameter sets is avc3, and square pixels go without saying', () => {
    const configuration = { ...video.configuration, parameterSetsInBand: true, sampleAspectRatio: [1, 1] as const };
    const bytes = initSegment({ ...video, configuration });
    expect(payload(bytes, 'moov/trak/mdia/minf/stbl/stsd/avc3/avcC')).toMatch(/^0164001f/);
    expect(payload(bytes, 'moov/trak/mdia/minf/stbl/stsd/avc3/pasp')).toBeUndefined();
  });

  it('of AVC without SPS is refused', () => {
    expect(() => initSegment({ ...video, configuration: { ...video.configuration, sps: [] } })).toThrow(
      'no sequence parameter set',
    );
  });

  it('of AAC has the AudioSpecificConfig in esds', () => {
    const entry = 'moov/trak/mdia/minf/stbl/stsd/mp4a';
    expect(payload(initSegment(audio), `${entry}/esds`)).toBe(
      [
        '00000000',
        '03 80808022 0000 00',
        '04 80808014 40 15 000000 00000000 00000000',
        '05 80808002 1190',
        '06 80808001 02',
      ]
        .join('')
        .replaceAll(' ', ''),
    );
    // channels, bits, reserved, rate 16.16
    expect(payload(initSegment(audio), entry)?.slice(32, 56)).toBe('000600100000 0000bb800000'.replaceAll(' ', ''));
    expect(payload(initSegment(audio), 'moov/trak/tkhd')?.slice(-16)).toBe('0000000000000000');
  });

  it('says the language in three letters and in full', () => {
    const bytes = initSegment(audio, 'en-GB');
    expect(payload(bytes, 'moov/trak/mdia/mdhd')?.slice(-8, -4)).toBe('15c7'); // e n g
    expect(payload(bytes, 'moov/trak/mdia/elng')).toBe(`00000000${Buffer.from('en-GB\0').toString('hex')}`);
    expect(payload(initSegment(audio), 'moov/trak/mdia/mdhd')?.slice(-8, -4)).toBe('55c4'); // u n d
  });
});

describe('languages', () => {
  it.each([
    ['eng', 'en', 'eng'],
    ['ger', 'de', 'deu'],
    ['pt-br', 'pt-BR', 'por'],
    ['gsw', 'gsw', 'gsw'],
    ['und', undefined, 'und'],
    ['not a tag', undefined, 'und'],
    [undefined, undefined, 'und'],
  ])('%s is %s, in three letters %s', (tag, canonical, three) => {
    expect(canonicalLanguage(tag)).toBe(canonical);
    expect(iso639(tag)).toBe(three);
  });
});
