import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../test/support/memory-source.js';
import { type MadeTrack, writeMp4 } from '../../../test/support/mp4-writer.js';
import { planPresentation } from '../presentation/plan-presentation.js';
import { indexSource } from './asset-index.js';
import { audio, frames, video } from './made-movie.case.js';

describe('a SMIL document', () => {
  const entry = (body: string) => `<smil><body><switch>${body}</switch></body></smil>`;
  const file = (change: Partial<MadeTrack> = {}) => writeMp4([video(), audio(change)]);
  const smil = (body: string, files: Record<string, Uint8Array | string>) =>
    indexSource(memorySource({ 'file:///s.smil': entry(body), ...files }), 'file:///s.smil');
  const manifests = { Id: 'a', CmafPackage: { HlsManifests: [{ ManifestName: 'i' }] } };

  it('has the renditions that it names, with languages and names of their audio, once where it is the same', async () => {
    const named = (name: string) => `<video src="${name}" systemLanguage="deu" audioName="Deutsch"/>`;
    const asset = await smil(named('a.mp4') + named('b.mp4'), { 'file:///a.mp4': file(), 'file:///b.mp4': file() });
    const { tracks } = planPresentation(asset, manifests);
    expect(
      tracks.map(({ id, language, periods }) => [
        id,
        language,
        periods[0]!.track.kind === 'audio' && periods[0]!.track.name,
      ]),
    ).toEqual([
      ['video_1', undefined, false],
      ['audio_1', 'de', 'Deutsch'],
      ['video_2', undefined, false],
    ]);
  });

  it('keeps audio apart that has the same sizes and other bytes', async () => {
    const samples = audio().samples.map((sample) => ({ ...sample, data: new Uint8Array(10).fill(7) }));
    const asset = await smil('<video src="a.mp4"/><video src="b.mp4"/>', {
      'file:///a.mp4': file(),
      'file:///b.mp4': file({ samples }),
    });
    expect(planPresentation(asset, manifests).tracks.filter(({ kind }) => kind === 'audio')).toHaveLength(2);
  });

  it('cuts where all renditions have a key frame', async () => {
    const other = writeMp4([video({ samples: frames(250, (index) => ({ sync: index % 50 === 0 || index === 60 })) })]);
    const asset = await smil('<video src="a.mp4"/><video src="b.mp4"/>', {
      'file:///a.mp4': file(),
      'file:///b.mp4': other,
    });
    for (const { periods } of asset.renditions)
      expect(periods[0]!.segments.map(({ tracks }) => tracks[0]!.start / 12_800)).toEqual([0, 2, 4, 6, 8]);
  });

  it('has the text that it names: SubRip, WebVTT and TTML', async () => {
    const cue = '00:00:01.000 --> 00:00:02.000\nHi';
    const asset = await smil(
      '<video src="a.mp4"/><textstream src="t.srt" systemLanguage="eng" subtitleName="English"/><textstream src="t.vtt"/><textstream src="t.xml"/>',
      {
        'file:///a.mp4': file(),
        'file:///t.srt': `1\n${cue.replaceAll('.', ',')}`,
        'file:///t.vtt': `WEBVTT\n\n${cue}`,
        'file:///t.xml':
          '<tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="1s" end="2s">Hi</p></div></body></tt>',
      },
    );
    expect(asset.texts?.map(({ id, media }) => [id, media.name, media.language])).toEqual([
      ['t1', 'English', 'eng'],
      ['t2', undefined, undefined],
      ['t3', undefined, undefined],
    ]);
    for (const { periods } of asset.texts ?? [])
      expect(periods).toEqual([
        { styles: [], regions: [], cues: [{ start: 90_000, end: 180_000, settings: '', text: 'Hi' }] },
      ]);
  });

  it.each([
    ['text that is none', '<video src="a.mp4"/><textstream src="a.ts"/>', 'not SubRip'],
    ['an MP4 without text', '<video src="a.mp4"/><textstream src="a.mp4"/>', '0 tracks of subtitles'],
    [
      'more languages than tracks',
      '<video src="a.mp4" systemLanguage="eng,fra"/>',
      '2 audio tracks are described; the file has 1',
    ],
    ['a transport stream', '<video src="a.ts"/>', 'not an MP4: transport stream was found'],
  ])('is refused with %s', async (_, body, message) => {
    await expect(
      smil(body, { 'file:///a.mp4': file(), 'file:///a.ts': new Uint8Array(18_800).fill(0x47) }),
    ).rejects.toMatchObject({ name: 'PackagerError', message: expect.stringContaining(message) as string });
  });
});
