import { describe, expect, it } from 'vitest';
import { rollUp, writeCaptionSei } from '../../../test/support/caption-writer.js';
import { annexB, writeSlice } from '../../../test/support/h264-writer.js';
import { writeHevcPps, writeHevcSlice, writeHevcSps, writeHevcVps } from '../../../test/support/h265-writer.js';
import { pictures } from '../../../test/support/made-stream.js';
import { memorySource } from '../../../test/support/memory-source.js';
import { avc, writeMp4 } from '../../../test/support/mp4-writer.js';
import { TransportStreamWriter, videoPid } from '../../../test/support/transport-stream.js';
import { hevcConfiguration } from '../codec/h265/hevc-configuration.js';
import { concat } from '../isobmff/box.js';
import { initSegment } from '../isobmff/init-segment.js';
import { mediaSegment } from '../isobmff/media-segment.js';
import { parseAv1Configuration } from '../codec/av1/av1c.js';
import type { VideoConfiguration } from '../model/track.js';
import type { SourceReader } from '../model/source-reader.js';
import { indexSource } from './asset-index.js';
import { searchedBytes, searchedHeads } from './caption-search.js';

const gop = 100;
const seis = [writeCaptionSei(rollUp(0, 1)), writeCaptionSei([...rollUp(1, 1), [3, 0x02, 0x22], [2, 0x41, 0x42]])];

/** Two segments of 100 pictures with captions where `captioned` says so. */
function source(captioned: (picture: number) => boolean, media = '', attribute = '') {
  const writer = new TransportStreamWriter();
  const units = pictures(2 * gop, { gop, delimiters: false });
  const segments = [0, 1].map((segment) => {
    const from = writer.packets.length;
    writer.tables([{ pid: videoPid, streamType: 0x1b }]);
    for (const [index, { bytes, pts, dts }] of units.slice(segment * gop, (segment + 1) * gop).entries()) {
      const sei = captioned(segment * gop + index) ? annexB(seis) : new Uint8Array();
      writer.pes(videoPid, new Uint8Array(Buffer.concat([sei, bytes])), { pts, dts, unbounded: true });
    }
    return new Uint8Array(Buffer.concat(writer.packets.slice(from)));
  });
  const lines = [
    '#EXTM3U',
    '#EXT-X-TARGETDURATION:4',
    '#EXTINF:4.0,',
    '0.ts',
    '#EXTINF:4.0,',
    '1.ts',
    '#EXT-X-ENDLIST',
  ];
  return memorySource({
    'file:///index.m3u8': `#EXTM3U\n${media}\n#EXT-X-STREAM-INF:BANDWIDTH=1000${attribute}\nv.m3u8\n`,
    'file:///v.m3u8': lines.join('\n'),
    'file:///0.ts': segments[0]!,
    'file:///1.ts': segments[1]!,
  });
}

const indexed = async (...parameters: Parameters<typeof source>) =>
  (await indexSource(source(...parameters), 'file:///index.m3u8')).captions;

const unsaid = { default: false, autoselect: false };
const all = ['CC1', 'CC3', 'SERVICE1'].map((instreamId) => ({ instreamId, name: instreamId, ...unsaid }));

describe('captions that no playlist announces', () => {
  it.each<[string, (picture: number) => boolean]>([
    ['in all pictures', () => true],
    ['at the head of a segment alone', (picture) => picture < 10],
    ['late in the last segment alone', (picture) => picture > 2 * gop - 10],
  ])('are found %s', async (_, captioned) => {
    expect(await indexed(captioned)).toEqual(all);
  });

  it('are not there where pictures have none', async () => {
    expect(await indexed(() => false)).toBeUndefined();
  });

  it('do not count where the playlist says what there is', async () => {
    const media = '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="English",LANGUAGE="en",INSTREAM-ID="CC1"';
    expect(await indexed(() => true, media, ',CLOSED-CAPTIONS="cc"')).toMatchObject([
      { instreamId: 'CC1', name: 'English' },
    ]);
    expect(await indexed(() => true, '', ',CLOSED-CAPTIONS=NONE')).toBe('none');
  });
});

const hevc = hevcConfiguration(
  { vps: [writeHevcVps()], sps: [writeHevcSps({})], pps: [writeHevcPps()], sei: [] },
  false,
);
const av1: VideoConfiguration = {
  ...parseAv1Configuration(Uint8Array.from(Buffer.from('81040c000a0b000000043cffbcdbf98040', 'hex'))),
  ...{ width: 160, height: 90, sampleAspectRatio: [1, 1] },
};

interface Made {
  readonly configuration?: VideoConfiguration;
  readonly lengthSize?: 1 | 2 | 4;
  /** bytes of a key picture beside its captions */
  readonly keyBytes?: number;
}

/** Pictures of which every fourth is key, as samples. */
function samples(count: number, captioned: (picture: number) => boolean, made: Made = {}) {
  const { configuration = avc, lengthSize = 4, keyBytes = 30 } = made;
  const isHevc = configuration.codec === 'hevc';
  const codec = isHevc ? 'hevc' : 'avc';
  return Array.from({ length: count }, (_, index) => {
    const sync = index % 4 === 0;
    const slice = isHevc ? writeHevcSlice({ type: sync ? 20 : 1 }) : writeSlice({ idr: sync });
    const filled = sync ? concat(slice, new Uint8Array(keyBytes).fill(0x55)) : slice;
    const units = captioned(index)
      ? [
          writeCaptionSei(rollUp(0, 1), codec),
          writeCaptionSei([...rollUp(1, 1), [3, 0x02, 0x22], [2, 0x41, 0x42]], codec),
          filled,
        ]
      : [filled];
    const lengthOf = (unit: Uint8Array) =>
      [24, 16, 8, 0].slice(4 - lengthSize).map((bits) => (unit.length >> bits) & 255);
    return { data: concat(...units.flatMap((unit) => [Uint8Array.from(lengthOf(unit)), unit])), duration: 1, sync };
  });
}

/** Samples of 25 Hz as fragments of so many, behind their initialization segment. */
function fragments(all: ReturnType<typeof samples>, { configuration = avc }: Made = {}, each = 20) {
  const track = { kind: 'video', pid: 1, timescale: 25, decodeShift: 0, configuration } as const;
  const media = Array.from({ length: Math.ceil(all.length / each) }, (_, at) => {
    const some = all.slice(at * each, (at + 1) * each);
    const columns = {
      data: some.map(({ data }) => data),
      sizes: some.map(({ data }) => data.length),
      decodeTimes: some.map((_, index) => at * each + index),
      compositionOffsets: some.map(() => 0),
      sync: some.map(({ sync }) => sync),
    };
    return concat(...mediaSegment({ sequenceNumber: at + 1, samples: columns, end: at * each + some.length }));
  });
  return { init: initSegment(track), media };
}

/** A playlist of fragments; with `apart`, each is a part of its own. */
function playlist(of: ReturnType<typeof fragments>, { attribute = '', apart = false } = {}) {
  const lines = of.media.flatMap((_, at) => [
    ...(apart && at > 0 ? ['#EXT-X-DISCONTINUITY'] : []),
    ...['#EXTINF:1,', `${at}.m4s`],
  ]);
  return {
    'file:///index.m3u8': `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000${attribute}\nv.m3u8\n`,
    'file:///v.m3u8': [
      ...['#EXTM3U', '#EXT-X-TARGETDURATION:4', '#EXT-X-MAP:URI="init.mp4"', ...lines, '#EXT-X-ENDLIST'],
    ].join('\n'),
    'file:///init.mp4': of.init,
    ...Object.fromEntries(of.media.map((bytes, at) => [`file:///${at}.m4s`, bytes])),
  };
}

/** An MP4 with its tables; what says how long lengths are is put right. */
function movie(all: ReturnType<typeof samples>, lengthSize: 1 | 2 | 4 = 4): Uint8Array {
  const file = writeMp4([{ id: 1, kind: 'video', timescale: 25, samples: all }]);
  file[Buffer.from(file).indexOf('avcC') + 8] = 0b1111_1100 | (lengthSize - 1);
  return file;
}

/** Indexes, and counts the reads. */
async function counted(resources: Readonly<Record<string, Uint8Array | string>>, entry: string) {
  const source = memorySource(resources);
  let reads = 0;
  const reader: SourceReader = {
    size: (...parameters) => source.size(...parameters),
    read: (...parameters) => ((reads += 1), source.read(...parameters)),
    readSome: (...parameters) => ((reads += 1), source.readSome(...parameters)),
  };
  const { captions } = await indexSource(reader, entry);
  return { captions, reads, largestRead: source.largestRead };
}

describe('captions in an MP4', () => {
  const always = () => true;
  const never = () => false;
  const fragmented = (made: Made) => {
    const { init, media } = fragments(samples(80, always, made), made);
    return { 'file:///a.mp4': concat(init, ...media) };
  };

  it.each<[string, Record<string, Uint8Array | string>]>([
    ['lengths of 4 bytes', { 'file:///a.mp4': movie(samples(80, always)) }],
    ['lengths of 2 bytes', { 'file:///a.mp4': movie(samples(80, always, { lengthSize: 2 }), 2) }],
    ['lengths of 1 byte', { 'file:///a.mp4': movie(samples(80, always, { lengthSize: 1 }), 1) }],
    ['a picture that is no key', { 'file:///a.mp4': movie(samples(80, (picture) => picture === 42)) }],
    [
      'a key picture larger than what is read of it',
      { 'file:///a.mp4': movie(samples(4, (picture) => picture === 0, { keyBytes: 2 * searchedBytes })) },
    ],
    ['fragments of H.264', fragmented({})],
    ['fragments of HEVC', fragmented({ configuration: hevc })],
  ])('are found with %s', async (_, resources) => {
    expect((await counted(resources, 'file:///a.mp4')).captions).toEqual(all);
  });

  it('are found in files that a SMIL document names, and in segments behind EXT-X-MAP', async () => {
    const smil = '<smil><body><switch><video src="a.mp4"/><video src="b.mp4"/></switch></body></smil>';
    const file = movie(samples(80, always));
    const files = { 'file:///i.smil': smil, 'file:///a.mp4': file, 'file:///b.mp4': movie(samples(80, never)) };
    expect((await counted(files, 'file:///i.smil')).captions).toEqual(all);
    const resources = playlist(fragments(samples(80, (picture) => picture === 62)));
    expect((await counted(resources, 'file:///index.m3u8')).captions).toEqual(all);
  });

  it('are not there where pictures have none', async () => {
    expect((await counted({ 'file:///a.mp4': movie(samples(80, never)) }, 'file:///a.mp4')).captions).toBeUndefined();
  });

  it('are not made of bytes that no NAL units are in', async () => {
    const noise = samples(80, always).map(({ data, ...rest }) => ({ ...rest, data: data.map((byte) => byte ^ 0xff) }));
    expect((await counted({ 'file:///a.mp4': movie(noise) }, 'file:///a.mp4')).captions).toBeUndefined();
  });

  it('take a bounded number of reads, however many key pictures or parts there are, and none where they are announced', async () => {
    const many = fragments(samples(1600, never));
    const announced = ',CLOSED-CAPTIONS=NONE';
    for (const apart of [false, true]) {
      const searched = await counted(playlist(many, { apart }), 'file:///index.m3u8');
      const none = await counted(playlist(many, { apart, attribute: announced }), 'file:///index.m3u8');
      expect(none.captions).toBe('none');
      expect(searched.reads - none.reads).toBeGreaterThan(30);
      expect(searched.reads - none.reads).toBeLessThanOrEqual(searchedHeads);
      expect(searched.largestRead).toBeLessThanOrEqual(searchedBytes);
    }
  });

  it('are not looked for in pictures that are no NAL units', async () => {
    const made = { configuration: av1 };
    const resources = playlist(fragments(samples(80, always), made));
    const none = playlist(fragments(samples(80, always), made), { attribute: ',CLOSED-CAPTIONS=NONE' });
    const searched = await counted(resources, 'file:///index.m3u8');
    expect(searched.captions).toBeUndefined();
    expect(searched.reads).toBe((await counted(none, 'file:///index.m3u8')).reads);
  });
});
