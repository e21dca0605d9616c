import { describe, expect, it } from 'vitest';
import { frames } from '../../../test/support/made-stream.js';
import { packAudio } from '../../../test/support/packed-audio-writer.js';
import { memorySource } from '../../../test/support/memory-source.js';
import { aac, avc } from '../../../test/support/mp4-writer.js';
import { box, concat } from '../isobmff/box.js';
import { initSegment } from '../isobmff/init-segment.js';
import { mediaSegment } from '../isobmff/media-segment.js';
import type { AudioTrack, VideoTrack } from '../model/track.js';
import { segmentReads } from '../model/asset-index.js';
import { PackagerError } from '../errors.js';
import { indexSource } from './asset-index.js';

const entry = 'mem://source/index.m3u8';
type Resources = Record<string, Uint8Array | string>;

const video: VideoTrack = { kind: 'video', pid: 1, configuration: avc, timescale: 12_800, decodeShift: 0 };
const audio: AudioTrack = {
  ...{ kind: 'audio', pid: 1, configuration: aac, timescale: 48_000, jitter: 0, fingerprint: '' },
};

/** A second of pictures at 25 fps, one of them key. */
function pictureSegment(second: number, start = 0): Uint8Array {
  return segment({ count: 25, ticks: 512, start: start + second * 12_800, keyEvery: 25 });
}

function segment(made: { count: number; ticks: number; start: number; keyEvery: number }): Uint8Array {
  const at = Array.from({ length: made.count }, (_, index) => index);
  const samples = {
    data: at.map((index) => Uint8Array.of(0, 0, 0, 2, index % made.keyEvery === 0 ? 0x65 : 0x41, index)),
    sizes: at.map(() => 6),
    decodeTimes: at.map((index) => made.start + index * made.ticks),
    compositionOffsets: at.map(() => 0),
    sync: at.map((index) => index % made.keyEvery === 0),
  };
  return concat(...mediaSegment({ sequenceNumber: 1, samples, end: made.start + made.count * made.ticks }));
}

const lines = (...of: string[]) => ['#EXTM3U', '#EXT-X-TARGETDURATION:2', ...of, '#EXT-X-ENDLIST', ''].join('\n');
const map = '#EXT-X-MAP:URI="init.mp4"';
const init = initSegment(video);

/** Three seconds of pictures whose clock begins at 10 s. */
function plain(changes: Resources = {}): Resources {
  return {
    [entry]: lines(map, '#EXTINF:1,', '0.m4s', '#EXTINF:1,', '1.m4s', '#EXTINF:1,', '2.m4s'),
    'mem://source/init.mp4': init,
    ...Object.fromEntries([0, 1, 2].map((at) => [`mem://source/${at}.m4s`, pictureSegment(at, 128_000)])),
    ...changes,
  };
}

const index = (resources: Resources) => indexSource(memorySource(resources), entry);

describe('a playlist of fragmented MP4', () => {
  it('may begin with gaps, which its time stamps tell of, too', async () => {
    const gaps = lines('#EXT-X-GAP', '#EXTINF:2,', 'gap.m4s', map, '#EXTINF:1,', '0.m4s', '#EXTINF:1,', '1.m4s');
    const { renditions } = await index(plain({ [entry]: gaps }));
    expect(renditions[0]!.periods.map(({ segments }) => segments.map(({ source }) => source.uri))).toEqual([
      ['mem://source/0.m4s', 'mem://source/1.m4s'],
    ]);
  });

  it('is cut as it is, and its time begins at 0', async () => {
    const { renditions, uncut } = await index(plain());
    const [period] = renditions[0]!.periods;
    expect(uncut).toBeUndefined();
    expect(period!.origin).toBe(900_000);
    expect(period!.tracks[0]).toMatchObject({
      kind: 'video',
      timescale: 12_800,
      configuration: { frameRate: [25, 1] },
    });
    expect(period!.segments.map(({ tracks }) => tracks[0])).toMatchObject([
      { start: 0, end: 12_800, sap: 1 },
      { start: 12_800, end: 25_600, sap: 1 },
      { start: 25_600, end: 38_400, sap: 1 },
    ]);
    expect(period!.segments.map((of) => segmentReads(of).map(({ uri, length }) => [uri, length]))).toEqual(
      [0, 1, 2].map((at) => [[`mem://source/${at}.m4s`, 150]]),
    );
  });

  it('may lie in byte ranges of one file, as may its map', async () => {
    const parts = [init, ...[0, 1].map((at) => pictureSegment(at))];
    const [size, first, second] = parts.map(({ length }) => length);
    const { renditions } = await index({
      [entry]: lines(
        `#EXT-X-MAP:URI="all.mp4",BYTERANGE="${size}@0"`,
        ...['#EXTINF:1,', `#EXT-X-BYTERANGE:${first}@${size}`, 'all.mp4'],
        ...['#EXTINF:1,', `#EXT-X-BYTERANGE:${second}`, 'all.mp4'],
      ),
      'mem://source/all.mp4': concat(...parts),
    });
    const [period] = renditions[0]!.periods;
    expect(period!.segments.map(({ tracks }) => tracks[0]!.end)).toEqual([12_800, 25_600]);
    expect(period!.segments[1]!.source.offset).toBe(size! + first! + second! - 150);
  });

  it('may name the same map anew', async () => {
    const { renditions } = await index(
      plain({
        [entry]: lines(map, '#EXTINF:1,', '0.m4s', '#EXT-X-MAP:URI="again.mp4"', '#EXTINF:1,', '1.m4s'),
        'mem://source/again.mp4': init,
      }),
    );
    expect(renditions[0]!.periods[0]!.segments).toHaveLength(2);
  });

  it('may have another map and another clock after a discontinuity', async () => {
    const { renditions } = await index(
      plain({
        [entry]: lines(
          ...[map, '#EXTINF:1,', '0.m4s', '#EXT-X-DISCONTINUITY', '#EXT-X-MAP:URI="b.mp4"', '#EXTINF:1,', 'b.m4s'],
        ),
        'mem://source/b.mp4': initSegment({ ...video, timescale: 25 }),
        'mem://source/b.m4s': segment({ count: 25, ticks: 1, start: 5, keyEvery: 25 }),
      }),
    );
    expect(renditions[0]!.periods.map(({ tracks, origin }) => [tracks[0]!.timescale, origin])).toEqual([
      [12_800, 900_000],
      [25, 18_000],
    ]);
  });

  it('stands on one time line with audio in a rendition of its own', async () => {
    const master = 'mem://source/master.m3u8';
    const { renditions } = await indexSource(
      memorySource(
        plain({
          [master]:
            '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",LANGUAGE="en",URI="a.m3u8"\n' +
            '#EXT-X-STREAM-INF:BANDWIDTH=1000,AUDIO="a"\nindex.m3u8\n',
          'mem://source/a.m3u8': lines(
            ...['#EXT-X-MAP:URI="a.mp4"', '#EXTINF:1,', 'a0.m4s', '#EXTINF:1,', 'a1.m4s', '#EXTINF:1,', 'a2.m4s'],
          ),
          'mem://source/a.mp4': initSegment(audio),
          ...Object.fromEntries(
            [0, 1, 2].map((at) => [
              `mem://source/a${at}.m4s`,
              segment({ count: 47, ticks: 1024, start: 480_000 + 480 + at * 47 * 1024, keyEvery: 1 }),
            ]),
          ),
        }),
      ),
      master,
    );
    const starts = renditions.map(({ periods }) => periods[0]!.segments[0]!.tracks[0]!.start);
    expect(starts).toEqual([0, 480]); // 10 ms later than the picture
    expect(renditions[1]!.periods[0]!.tracks[0]).toMatchObject({ kind: 'audio', language: 'en' });
  });

  it('stands on one time line with packed audio', async () => {
    const master = 'mem://source/master.m3u8';
    const sound = (from: number) =>
      packAudio(900_900 + from * 1920, Buffer.concat(frames(47).map(({ bytes }) => bytes)));
    const { renditions } = await indexSource(
      memorySource(
        plain({
          [master]:
            '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",URI="a.m3u8"\n' +
            '#EXT-X-STREAM-INF:BANDWIDTH=1000,AUDIO="a"\nindex.m3u8\n',
          'mem://source/a.m3u8': lines('#EXTINF:1,', 'a0.aac', '#EXTINF:1,', 'a1.aac', '#EXTINF:1,', 'a2.aac'),
          ...Object.fromEntries([0, 1, 2].map((at) => [`mem://source/a${at}.aac`, sound(at * 47)])),
        }),
      ),
      master,
    );
    const periods = renditions.map(({ periods: [period] }) => period!);
    expect(periods.map(({ origin }) => origin)).toEqual([900_000, 900_000]);
    expect(periods.map(({ segments }) => segments[1]!.tracks[0]!.start)).toEqual([12_800, 480 + 47 * 1024]);
  });
});

const short = pictureSegment(1, 128_000);
const bad: { name: string; resources: Resources; code: string; message: string }[] = [
  {
    name: 'a map that is a web page',
    resources: plain({ 'mem://source/init.mp4': '<html>404</html>' }),
    code: 'source_invalid',
    message: 'EXT-X-MAP: not the beginning of an MP4: web page',
  },
  {
    name: 'a map of garbage',
    resources: plain({ 'mem://source/init.mp4': Uint8Array.from({ length: 900 }, (_, at) => (at * 31) & 255) }),
    code: 'source_invalid',
    message: 'EXT-X-MAP: not the beginning of an MP4: something else',
  },
  {
    name: 'a map that is cut off',
    resources: plain({ 'mem://source/init.mp4': init.subarray(0, 200) }),
    code: 'source_invalid',
    message: 'init.mp4',
  },
  {
    name: 'a map without a movie box',
    resources: plain({
      'mem://source/init.mp4': init.subarray(
        0,
        init.findIndex((_, at) => init[at] === 0x6d && init[at + 1] === 0x6f && init[at + 2] === 0x6f) - 4,
      ),
    }),
    code: 'source_invalid',
    message: 'no movie box',
  },
  {
    name: 'no map',
    resources: plain({ [entry]: lines('#EXTINF:1,', '0.m4s') }),
    code: 'source_invalid',
    message: 'MP4 without EXT-X-MAP',
  },
  {
    name: 'a map that applies to later segments only',
    resources: plain({ [entry]: lines('#EXTINF:1,', '0.m4s', map, '#EXTINF:1,', '1.m4s') }),
    code: 'source_invalid',
    message: 'MP4 without EXT-X-MAP',
  },
  {
    name: 'another clock without a discontinuity',
    resources: plain({
      [entry]: lines(map, '#EXTINF:1,', '0.m4s', '#EXT-X-MAP:URI="b.mp4"', '#EXTINF:1,', '1.m4s'),
      'mem://source/b.mp4': initSegment({ ...video, timescale: 25 }),
    }),
    code: 'source_unsupported',
    message: 'without EXT-X-DISCONTINUITY (rendition r1, segment 2',
  },
  {
    name: 'a segment that is no fragment',
    resources: plain({ 'mem://source/1.m4s': box('free', new Uint8Array(20)) }),
    code: 'source_invalid',
    message: 'no movie fragment (moof) in the segment (rendition r1, segment 2',
  },
  {
    name: 'a segment of another kind',
    resources: plain({ 'mem://source/1.m4s': '#EXTM3U' }),
    code: 'source_invalid',
    message: 'not a segment of fragmented MP4, as EXT-X-MAP says: playlist',
  },
  {
    name: 'a segment that is cut off',
    resources: plain({ 'mem://source/1.m4s': short.subarray(0, short.length - 10) }),
    code: 'source_invalid',
    message: 'truncated: box "mdat"',
  },
  {
    name: 'time that goes back',
    resources: plain({ 'mem://source/2.m4s': pictureSegment(0, 128_000) }),
    code: 'source_invalid',
    message: 'segment 3',
  },
  {
    name: 'an empty segment',
    resources: plain({ 'mem://source/1.m4s': new Uint8Array(0) }),
    code: 'source_invalid',
    message: 'nothing was found',
  },
  {
    name: 'a byte range that ends behind its resource',
    resources: plain({ [entry]: lines(map, '#EXTINF:1,', '#EXT-X-BYTERANGE:90000@0', '0.m4s') }),
    code: 'source_invalid',
    message: 'bytes before the range of the segment does',
  },
  {
    name: 'a byte range that ends inside a fragment',
    resources: plain({ [entry]: lines(map, '#EXTINF:1,', `#EXT-X-BYTERANGE:${short.length - 50}@0`, '0.m4s') }),
    code: 'source_invalid',
    message: 'truncated',
  },
];

describe('of fragmented MP4 it refuses', () => {
  it.each(bad)('$name', async ({ resources, code, message }) => {
    const failure = await index(resources).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(PackagerError);
    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) as string });
  });

  it('a map that is not there, as the reader says it', async () => {
    const away = plain({ [entry]: lines('#EXT-X-MAP:URI="away.mp4"', '#EXTINF:1,', '0.m4s') });
    await expect(index(away)).rejects.toThrow('not found: mem://source/away.mp4');
  });
});
