import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../test/support/memory-source.js';
import { writeMp4 } from '../../../test/support/mp4-writer.js';
import { writeTtml } from '../codec/ttml/write-ttml.js';
import { wvttSamples } from '../codec/webvtt/wvtt-samples.js';
import { box, concat, u32, zeros } from '../isobmff/box.js';
import { stpp } from '../isobmff/boxes/stpp.js';
import { wvtt } from '../isobmff/boxes/wvtt.js';
import { mediaSegment } from '../isobmff/media-segment.js';
import { textInitSegment } from '../isobmff/text-init-segment.js';
import type { AssetIndex } from '../model/asset-index.js';
import type { Cue } from '../model/text.js';
import { indexSource } from './asset-index.js';
import { cuesOf, second, shown, times, utf8, video } from './shown-texts.case.js';

describe('fragmented MP4 as subtitles of HLS', () => {
  const init = textInitSegment({
    timescale: second,
    language: 'de',
    kind: 'text',
    sampleEntry: wvtt('WEBVTT\n\nSTYLE\n::cue { color: lime }'),
  });
  const initTtml = textInitSegment({ timescale: second, language: 'de', kind: 'subt', sampleEntry: stpp() });
  const segment = (start: number, end: number, cues: readonly Cue[] = shown, offset = 0) => {
    const samples = wvttSamples(cues, start * second, end * second);
    const decodeTimes = samples.decodeTimes.map((time) => time + offset * second);
    return concat(
      ...mediaSegment({ sequenceNumber: 1, samples: { ...samples, decodeTimes }, end: (end + offset) * second }),
    );
  };
  const document = (start: number, end: number) => {
    const data = [utf8(writeTtml(shown))];
    const samples = {
      data,
      sizes: [data[0]!.length],
      decodeTimes: [start * second],
      compositionOffsets: [0],
      sync: [true],
    };
    return concat(...mediaSegment({ sequenceNumber: 1, samples, end: end * second }));
  };
  const playlist = (map: string, segments: readonly (readonly [string, number])[]) =>
    `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXT-X-MAP:URI="${map}"\n${segments
      .map(([uri, lasts]) => `#EXTINF:${lasts},\n${uri}\n`)
      .join('')}#EXT-X-ENDLIST\n`;

  async function indexed(resources: Record<string, Uint8Array | string>, offset = 0): Promise<AssetIndex> {
    const media = writeFragmented(offset);
    return indexSource(
      memorySource({
        'mem://x/i.m3u8': `#EXTM3U
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="Said",LANGUAGE="en",AUTOSELECT=YES,URI="s.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1,SUBTITLES="s"
v.m3u8
`,
        'mem://x/v.m3u8': playlist('v.mp4', [['v.m4s', 10]]),
        'mem://x/v.mp4': media.init,
        'mem://x/v.m4s': media.segment,
        'mem://x/init.mp4': init,
        ...resources,
      }),
      'mem://x/i.m3u8',
    );
  }

  it.each([0, 1000])('are on the time line of the media, whose clock begins at %d s', async (offset) => {
    const resources = {
      'mem://x/s.m3u8': playlist('init.mp4', [
        ['1.m4s', 2],
        ['2.m4s', 8],
      ]),
      'mem://x/1.m4s': segment(0, 2, shown, offset),
      'mem://x/2.m4s': segment(2, 10, shown, offset),
    };
    const asset = await indexed(resources, offset);
    expect(cuesOf(asset)).toEqual([times]);
    expect(asset.texts).toMatchObject([
      {
        id: 't1',
        uri: 'mem://x/s.m3u8',
        media: { language: 'en', name: 'Said' },
        periods: [{ styles: ['::cue { color: lime }'] }],
      },
    ]);
    expect(asset.notes).toEqual([]);
  });

  it('show nothing where they leave a gap', async () => {
    const asset = await indexed({
      'mem://x/s.m3u8': playlist('init.mp4', [
        ['1.m4s', 2],
        ['2.m4s', 3],
      ]),
      'mem://x/1.m4s': segment(0, 2),
      'mem://x/2.m4s': segment(7, 10),
    });
    expect(cuesOf(asset)).toEqual([
      [
        [1, 2, 'one'],
        [7, 9.5, 'late'],
      ],
    ]);
  });

  it('may be TTML, a document for each segment that tells times as the track does', async () => {
    const asset = await indexed({
      'mem://x/s.m3u8': playlist('init.mp4', [
        ['1.m4s', 2],
        ['2.m4s', 8],
      ]),
      'mem://x/init.mp4': initTtml,
      'mem://x/1.m4s': document(0, 2),
      'mem://x/2.m4s': document(2, 10),
    });
    expect(cuesOf(asset)).toEqual([times]);
  });

  it('are refused when one of them is no fragment, or has no text', async () => {
    const segments = playlist('init.mp4', [['1.m4s', 10]]);
    await expect(indexed({ 'mem://x/s.m3u8': segments, 'mem://x/1.m4s': 'WEBVTT' })).rejects.toMatchObject({
      code: 'source_invalid',
      location: { uri: 'mem://x/1.m4s', rendition: 't1', segment: 1 },
    });
    const foreign = textInitSegment({ timescale: second, kind: 'text', sampleEntry: box('sbtt', zeros(8)) });
    await expect(
      indexed({ 'mem://x/s.m3u8': segments, 'mem://x/init.mp4': foreign, 'mem://x/1.m4s': segment(0, 10) }),
    ).rejects.toThrow('0 tracks of subtitles');
  });
});

/** The video as one fragment of a clock that begins at some seconds. */
function writeFragmented(offset: number): { init: Uint8Array; segment: Uint8Array } {
  const scale = 12_800;
  const empty = writeMp4([{ ...video, samples: [] }]);
  const init = withFragments(empty);
  const { samples } = video;
  const segment = mediaSegment({
    sequenceNumber: 1,
    samples: {
      data: samples.map(({ data }) => data),
      sizes: samples.map(({ data }) => data.length),
      decodeTimes: samples.map((_, at) => offset * scale + at * 512),
      compositionOffsets: samples.map(() => 0),
      sync: samples.map(({ sync = true }) => sync),
    },
    end: (offset + 10) * scale,
  });
  return { init, segment: concat(...segment) };
}

/** The movie says that fragments follow. */
function withFragments(file: Uint8Array): Uint8Array {
  const at = Buffer.from(file).indexOf('moov') - 4;
  const extended = box('mvex', box('trex', zeros(4), u32(1, 1, 0, 0, 0)));
  return concat(file.subarray(0, at), box('moov', file.subarray(at + 8), extended));
}
