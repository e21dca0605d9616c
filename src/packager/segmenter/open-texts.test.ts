import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../test/support/memory-source.js';
import { elst, type MadeSample, type MadeTrack, writeMp4 } from '../../../test/support/mp4-writer.js';
import { kind, tx3g, tx3gSample } from '../../../test/support/text-writer.js';
import { wvttSamples } from '../codec/webvtt/wvtt-samples.js';
import { writeTtml } from '../codec/ttml/write-ttml.js';
import { box, nullTerminated, u16, u32, zeros } from '../isobmff/box.js';
import { stpp } from '../isobmff/boxes/stpp.js';
import { wvtt } from '../isobmff/boxes/wvtt.js';
import type { Cue } from '../model/text.js';
import { indexSource } from './asset-index.js';
import { cuesOf, second, shown, times, utf8, video } from './shown-texts.case.js';

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

const userData = (name: string, ...kinds: readonly Uint8Array[]) => box('udta', box('name', utf8(name)), ...kinds);
const index = (...tracks: readonly MadeTrack[]) =>
  indexSource(memorySource({ 'a.mp4': writeMp4([video, ...tracks]) }), 'a.mp4');
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
