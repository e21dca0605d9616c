import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../test/support/memory-source.js';
import { elst, type MadeSample, type MadeTrack, writeMp4 } from '../../../test/support/mp4-writer.js';
import { kind, tx3g, tx3gSample } from '../../../test/support/text-writer.js';
import { wvttSamples } from '../codec/webvtt/wvtt-samples.js';
import { writeTtml } from '../codec/ttml/write-ttml.js';
import { box, concat, nullTerminated, u16, u32, zeros } from '../isobmff/box.js';
import { stpp } from '../isobmff/boxes/stpp.js';
import { wvtt } from '../isobmff/boxes/wvtt.js';
import { mediaSegment } from '../isobmff/media-segment.js';
import { textInitSegment } from '../isobmff/text-init-segment.js';
import type { AssetIndex } from '../model/asset-index.js';
import type { Cue } from '../model/text.js';
import { indexSource } from './asset-index.js';

const second = 90_000;
const cue = (start: number, end: number, text: string): Cue => ({
  ...{ start: start * second, end: end * second, settings: '', text },
});
const shown = [cue(1, 2.5, 'one'), cue(2, 3, '<i>two</i>'), cue(7, 9.5, 'late')];
const asSeconds = (cues: readonly Cue[]) => cues.map(({ start, end, text }) => [start / second, end / second, text]);
const times = asSeconds(shown);

/** 25 fps, 10 s, a key frame every second. */
const video: MadeTrack = {
  ...{ id: 1, kind: 'video', timescale: 12_800, size: [640, 360] },
  samples: Array.from({ length: 250 }, (_, at) => ({
    data: concat(u32(20), new Uint8Array(20)),
    duration: 512,
    sync: at % 25 === 0,
  })),
};

/** A track of 10 s in ticks of 1 ms. */
function webVtt(change: Partial<MadeTrack> = {}, cues: readonly Cue[] = shown): MadeTrack {
  const { data, decodeTimes } = wvttSamples(cues, 0, 10 * second);
  const samples = data.map((sample, at): MadeSample => {
    const lasts = (decodeTimes[at + 1] ?? 10 * second) - (decodeTimes[at] ?? 0);
    return { data: sample, duration: lasts / 90 };
  });
  return { id: 2, kind: 'text', timescale: 1000, entry: wvtt('WEBVTT'), samples, ...change };
}

/** Documents of 5 s each. */
function ttml(change: Partial<MadeTrack> = {}): MadeTrack {
  const samples = [0, 5].map((): MadeSample => ({ data: utf8(writeTtml(shown)), duration: 5000 }));
  return { id: 2, kind: 'subt', timescale: 1000, entry: stpp(), samples, ...change };
}

const apart = [
  [1, 2.5, 'one'],
  [3, 4, 'two'],
  [7, 9.5, 'late'],
] as const;

/** Between texts, nothing. */
function timedText(change: Partial<MadeTrack> = {}): MadeTrack {
  let time = 0;
  const samples = apart.flatMap(([start, end, text]): MadeSample[] => {
    const before = { data: tx3gSample(''), duration: (start - time) * 1000 };
    time = end;
    return [before, { data: tx3gSample(text), duration: (end - start) * 1000 }];
  });
  return { id: 2, kind: 'text', timescale: 1000, entry: tx3g(), samples, ...change };
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const userData = (name: string, ...kinds: readonly Uint8Array[]) => box('udta', box('name', utf8(name)), ...kinds);
const index = (...tracks: readonly MadeTrack[]) =>
  indexSource(memorySource({ 'a.mp4': writeMp4([video, ...tracks]) }), 'a.mp4');
const cuesOf = ({ texts = [] }: AssetIndex, nth = 0) => texts[nth]?.periods.map(({ cues }) => asSeconds(cues));

describe('text tracks of an MP4', () => {
  it.each([
    ['WebVTT', webVtt(), times],
    ['TTML', ttml(), times],
    ['timed text', timedText(), apart],
  ])('of %s are subtitles', async (_, track, expected) => {
    const asset = await index(track);
    expect(cuesOf(asset)).toEqual([expected]);
    expect(asset.notes).toEqual([]);
    expect(asset.texts).toMatchObject([{ id: 't1', media: { default: false, autoselect: true, forced: false } }]);
  });

  it('have languages, names and what their kinds say, several in the order of the file', async () => {
    const asset = await index(
      webVtt({ language: 'de', boxes: [userData('Deutsch')] }),
      ttml({ id: 3, language: 'en', boxes: [userData('English (SDH)', kind('caption'))] }),
      timedText({ id: 4, language: 'fr', entry: tx3g({ flags: 0x4000_0000 }) }),
      webVtt({ id: 5, boxes: [userData(' ', kind('forced-subtitle')), box('udta', zeros(5))] }),
    );
    expect(asset.texts?.map(({ id, media }) => ({ id, ...media }))).toMatchObject([
      { id: 't1', language: 'de', name: 'Deutsch', forced: false },
      {
        ...{ id: 't2', language: 'en', name: 'English (SDH)' },
        characteristics: expect.stringContaining('describes-music-and-sound') as string,
      },
      { id: 't3', language: 'fr', forced: true },
      { id: 't4', forced: true },
    ]);
    expect(asset.texts?.[3]?.media).not.toHaveProperty('name');
  });

  it.each([
    [
      'begin later by a wait',
      [[2000, 0xffff_ffff] as const, [0, 0] as const],
      [
        [3, 4.5, 'one'],
        [4, 5, '<i>two</i>'],
        [9, 10, 'late'],
      ],
    ],
    [
      'begin within, and end',
      [[6000, 2000] as const],
      [
        [0, 0.5, 'one'],
        [0, 1, '<i>two</i>'],
        [5, 6, 'late'],
      ],
    ],
  ])('%s, as the edit list says', async (_, edits, expected) => {
    expect(cuesOf(await index(webVtt({ edits: elst(0, ...edits) })))).toEqual([expected]);
  });

  it('are on the time line of media that begin late', async () => {
    const late = { ...video, edits: elst(0, [500, 0xffff_ffff], [0, 0]) };
    const asset = await indexSource(memorySource({ 'a.mp4': writeMp4([late, timedText()]) }), 'a.mp4');
    expect(cuesOf(asset)).toEqual([apart.map(([start, end, text]) => [start - 0.5, end - 0.5, text])]);
  });

  it('say how many cues are hidden by the edit list, or outside of the media', async () => {
    const hidden = await index(webVtt({ edits: elst(0, [0, 5000]) }));
    expect(hidden.notes).toEqual(['2 cues of track 2 (text) of a.mp4 are left out: its edit list hides them.']);
    const beyond = await index(webVtt({ edits: elst(0, [4000, 0xffff_ffff], [0, 0]) }));
    expect(beyond.notes).toEqual([
      '1 cues of a.mp4 are left out: their times are before the media begins or after its end.',
    ]);
  });

  it('may have samples that last no time', async () => {
    const samples = [...timedText().samples];
    samples.splice(2, 0, { data: tx3gSample('never'), duration: 0 });
    expect(cuesOf(await index(timedText({ samples })))).toEqual([apart]);
  });

  it('are left out where they are chapters, pictures, empty, or of another kind', async () => {
    const chapters = { ...video, boxes: [box('tref', box('chap', u32(2)))] };
    const pictures = box(
      ...(['stpp', zeros(6), u16(1)] as const),
      ...['http://www.w3.org/ns/ttml', '', 'image/png'].map(nullTerminated),
    );
    const file = writeMp4([
      chapters,
      timedText(),
      ttml({ id: 3, entry: pictures }),
      webVtt({ id: 4, samples: [] }),
      webVtt({ id: 5, entry: box('c608', zeros(8)) }),
    ]);
    const asset = await indexSource(memorySource({ 'a.mp4': file }), 'a.mp4');
    expect(asset.texts).toBeUndefined();
    expect(asset.notes.toSorted()).toEqual([
      'Track 2 (text) of a.mp4 is left out: it names chapters.',
      'Track 3 (text) of a.mp4 is left out: subtitles that are pictures (image/png) are not supported.',
      'Track 4 (text) of a.mp4 is left out: it is announced and empty.',
      'Track 5 (CEA-608 captions in a track of their own) of a.mp4 is left out: it is not supported.',
    ]);
  });

  it.each([
    ['of WebVTT', webVtt({ samples: [{ data: utf8('no box at all'), duration: 1000 }] }), 'track 2: sample 1: '],
    ['of TTML', ttml({ samples: [{ data: utf8('<html/>'), duration: 1000 }] }), 'track 2: sample 1: not TTML'],
    ['of timed text', timedText({ samples: [{ data: utf8('z!z'), duration: 1000 }] }), 'track 2: sample 1: need'],
  ])('%s are refused when they cannot be read', async (_, track, message) => {
    await expect(index(track)).rejects.toMatchObject({
      code: 'source_invalid',
      message: expect.stringContaining(message),
    });
  });

  it('are refused beyond what is allowed, before they are read', async () => {
    const source = memorySource({ 'a.mp4': writeMp4([video, webVtt()]) });
    const limits = { maximumTextBytes: 20 };
    await expect(indexSource(source, 'a.mp4', { limits })).rejects.toThrow('maximumTextBytes is 20');
  });
});

describe('text in MP4s that a SMIL document names', () => {
  const smil = (body: string) => `<smil><body>${body}</body></smil>`;

  it('stands once, however many of them have it', async () => {
    const file = (bytes: number) =>
      writeMp4([
        { ...video, samples: video.samples.map((each) => ({ ...each, data: each.data.subarray(0, bytes) })) },
        webVtt({ language: 'de' }),
      ]);
    const document = smil('<video src="a.mp4"/><video src="b.mp4"/><textstream src="c.vtt" systemLanguage="en"/>');
    const vtt = 'WEBVTT\n\n00:01.000 --> 00:02.000\nbeside';
    const source = memorySource({
      'mem://x/a.mp4': file(24),
      'mem://x/b.mp4': file(20),
      'mem://x/c.vtt': vtt,
      'mem://x/s.smil': document,
    });
    const asset = await indexSource(source, 'mem://x/s.smil');
    expect(asset.renditions).toHaveLength(2);
    expect(asset.texts?.map(({ id, media: { language } }) => [id, language])).toEqual([
      ['t1', 'en'],
      ['t2', 'de'],
    ]);
    expect(cuesOf(asset, 1)).toEqual([times]);
  });

  it('may be all that an MP4 has, with what the document says of it', async () => {
    const resources = {
      'mem://x/a.mp4': writeMp4([video]),
      'mem://x/t.mp4': writeMp4([timedText({ language: 'de' })]),
      'mem://x/two.mp4': writeMp4([timedText(), webVtt({ id: 3 })]),
      'mem://x/s.smil': smil('<video src="a.mp4"/><textstream src="t.mp4" systemLanguage="en" subtitleName="Said"/>'),
      'mem://x/two.smil': smil('<video src="a.mp4"/><textstream src="two.mp4"/>'),
    };
    const asset = await indexSource(memorySource(resources), 'mem://x/s.smil');
    expect(cuesOf(asset)).toEqual([apart]);
    expect(asset.texts?.[0]?.media).toMatchObject({ language: 'en', name: 'Said' });
    await expect(indexSource(memorySource(resources), 'mem://x/two.smil')).rejects.toMatchObject({
      code: 'source_unsupported',
      message: expect.stringContaining('2 tracks of subtitles') as string,
      location: { uri: 'mem://x/two.mp4', rendition: 't1' },
    });
  });
});

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

/** The video above as one fragment of a clock that begins at some seconds. */
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
