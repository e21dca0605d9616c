import { describe, expect, it } from 'vitest';
import {
  audioTrack,
  regularCuts,
  rendition,
  syntheticIndex,
  videoTrack,
} from '../../../test/support/synthetic-index.js';
import { readMediaPlaylist } from '../../manifest/hls/read-media-playlist.js';
import { readMultivariantPlaylist } from '../../manifest/hls/read-multivariant-playlist.js';
import type { AssetIndex } from '../model/asset-index.js';
import { cuts, dash, expectAll, hls, ladder, muxed, parts } from './written-manifests.case.js';

describe('advertisement markers of the source', () => {
  const marked = (segments: Record<number, { markers: string[] }>) =>
    syntheticIndex(
      rendition({ uri: 'a', tracks: [videoTrack(), audioTrack('a')], cuts: [regularCuts(4, 4)], segments }),
    );
  const out = { markers: ['EXT-OATCLS-SCTE35:/DA=', 'EXT-X-CUE-OUT:8'] };
  const cueIn = { markers: ['EXT-X-CUE-IN'] };
  const passing = (AdMarkers: 'PASSTHROUGH' | 'NONE', SegmentDurationSeconds?: number) => ({
    HlsManifests: [{ ManifestName: 'index', AdMarkers }],
    ...(SegmentDurationSeconds && { SegmentDurationSeconds }),
  });

  it('are copied where they are asked for, and stand where they stood', () => {
    const { text } = hls(marked({ 1: out, 3: cueIn }), passing('PASSTHROUGH'));
    for (const name of ['index_video_1.m3u8', 'index_audio_1.m3u8'])
      expect(text(name).match(/EXT-(OATCLS|X-CUE).*|\d\.m4s/g)).toEqual([
        '1.m4s',
        'EXT-OATCLS-SCTE35:/DA=',
        'EXT-X-CUE-OUT:8',
        '2.m4s',
        '3.m4s',
        'EXT-X-CUE-IN',
        '4.m4s',
      ]);
    expect(hls(marked({ 1: out }), passing('NONE')).text('index_video_1.m3u8')).not.toContain('CUE');
  });

  const lines = (text: string) => text.match(/EXT-(OATCLS|X-CUE).*|EXTINF:[\d.]+/g);
  it('cut joined segments, whose tags within a break are those that they begin with', () => {
    const index = syntheticIndex(
      rendition({
        uri: 'a',
        tracks: [videoTrack(), audioTrack('a')],
        cuts: [regularCuts(9, 4)],
        segments: {
          ...{ 3: out, 4: { markers: ['EXT-X-CUE-OUT-CONT:4/12'] }, 5: { markers: ['EXT-X-CUE-OUT-CONT:8/12'] } },
          6: cueIn,
        },
      }),
    );
    const { text } = hls(index, passing('PASSTHROUGH', 8));
    expect(lines(text('index_video_1.m3u8'))).toEqual([
      ...['EXTINF:8.000000', 'EXTINF:4.000000'],
      ...['EXT-OATCLS-SCTE35:/DA=', 'EXT-X-CUE-OUT:8', 'EXTINF:8.000000'],
      ...['EXT-X-CUE-OUT-CONT:8/12', 'EXTINF:4.000000'],
      ...['EXT-X-CUE-IN', 'EXTINF:8.000000', 'EXTINF:4.000000'],
    ]);
    expect(lines(hls(index, passing('NONE', 8)).text('index_video_1.m3u8'))).toEqual([
      ...Array.from({ length: 4 }, () => 'EXTINF:8.000000'),
      'EXTINF:4.000000',
    ]);
  });

  it('of one rendition cut the others, too', () => {
    const index = syntheticIndex(
      rendition({ uri: 'a', tracks: [videoTrack()], cuts: [regularCuts(4, 4)], segments: { 1: out } }),
      rendition({ uri: 'b', tracks: [videoTrack({ width: 640 })], cuts: [regularCuts(4, 4)] }),
    );
    const { text } = hls(index, passing('PASSTHROUGH', 8));
    expect(text('index_video_2.m3u8').match(/EXTINF:[\d.]+/g)).toEqual(
      lines(text('index_video_1.m3u8'))?.filter((line) => line.startsWith('EXTINF')),
    );
    expect(text('index_video_2.m3u8').match(/EXTINF:[\d.]+/g)).toEqual([
      'EXTINF:4.000000',
      'EXTINF:8.000000',
      'EXTINF:4.000000',
    ]);
  });
});

describe('HLS', () => {
  it('offers each video with audio in a group of its own, and what players choose by', () => {
    const { text, files } = hls(ladder, {}, { 'video_1/2.m4s': 2000, 'audio_1/1.m4s': 180 });
    expect(files.map(({ name, entry }) => [name, entry])).toEqual([
      ['index_video_1.m3u8', false],
      ['index_video_2.m3u8', false],
      ['index_audio_1.m3u8', false],
      ['index.m3u8', true],
    ]);
    const playlist = readMultivariantPlaylist(text('index.m3u8'));
    expect(playlist.independentSegments).toBe(true);
    expect(playlist.media).toEqual([
      {
        type: 'AUDIO',
        groupId: 'audio',
        name: 'English',
        language: 'en',
        uri: 'index_audio_1.m3u8',
        default: true,
        autoselect: true,
        forced: false,
        channels: '2',
      },
    ]);
    // Peak of video: 2000 bytes in 4 s; of audio: 180 bytes in 4.010667 s. Average: 4000 bytes in 12 s, 380 in 12.010667 s.
    expect(playlist.variants[0]).toEqual({
      uri: 'index_video_1.m3u8',
      bandwidth: 4000 + 360,
      averageBandwidth: 2667 + 254,
      codecs: 'avc1.64001f,mp4a.40.2',
      resolution: { width: 1280, height: 720 },
      frameRate: 25,
      audio: 'audio',
    });
    expect(playlist.variants[1]).toMatchObject({ codecs: 'avc1.4d401e,mp4a.40.2', bandwidth: 2000 + 360 });
  });

  it('writes media playlists that end, with durations whose sum is the track', () => {
    const { text } = hls(ladder);
    expect(text('index_video_1.m3u8')).toBe(
      `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:4
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="video_1/init.mp4"
#EXTINF:4.000000,
video_1/1.m4s
#EXTINF:4.000000,
video_1/2.m4s
#EXTINF:4.000000,
video_1/3.m4s
#EXT-X-ENDLIST
`,
    );
    const { segments } = readMediaPlaylist(text('index_audio_1.m3u8'));
    const total = segments.reduce((sum, { duration }) => sum + duration, 0);
    expect(total).toBeCloseTo(Math.ceil((12 * 48_000) / 1024) * (1024 / 48_000), 6);
  });

  it('begins every discontinuity with its own map, at the same time in every playlist', () => {
    const { text } = hls(parts);
    for (const track of ['video_1', 'audio_1']) {
      const { segments } = readMediaPlaylist(text(`index_${track}.m3u8`));
      expect(segments.map(({ discontinuity, map }) => [discontinuity, map?.uri])).toEqual([
        ...Array.from({ length: 3 }, () => [undefined, `${track}/init.mp4`]),
        ...[true, undefined].map((first) => [first, `${track}/init_2.mp4`]),
      ]);
      const first = segments.slice(0, 3).reduce((sum, { duration }) => sum + duration, 0);
      expect(first).toBeCloseTo(12.010667, 5); // the audio's last frame
    }
  });

  it('says what a segment lasts and where it is, although its track begins late', () => {
    const track = (start: number, end: number) => ({ start, end, sap: 1 as const, skip: 0, carry: 0 });
    const late = rendition({
      uri: 'late',
      tracks: [videoTrack(), audioTrack('late')],
      cuts: [[0, 4]],
      segments: { 0: { tracks: [track(7200, 367_200), track(0, 192_512)] } },
    });
    const { text } = hls(syntheticIndex(late));
    expect(readMediaPlaylist(text('index_video_1.m3u8')).segments[0]?.duration).toBe(4);
    const mpd = dash(syntheticIndex(late)).text('index.mpd');
    expect(mpd).toContain('<S t="7200" d="360000"/>');
    expect(mpd).toContain('mediaPresentationDuration="PT4.08S"');
  });

  it('says that segments are independent only when they are', () => {
    const track = { start: 0, end: 360_000, sap: 3 as const, skip: 0, carry: 0 };
    const open = rendition({ uri: 'o', tracks: [videoTrack()], cuts: [[0, 4]], segments: { 0: { tracks: [track] } } });
    const { text } = hls(syntheticIndex(open));
    expect(text('index.m3u8')).not.toContain('INDEPENDENT');
    expect(text('index_video_1.m3u8')).not.toContain('INDEPENDENT');
    const mpd = dash(syntheticIndex(open)).text('index.mpd');
    expect(mpd).toContain('startWithSAP="3"');
    expect(mpd).not.toContain('cmaf:2019');
  });

  it('writes dates at the interval, counted on from the source', () => {
    const dated = syntheticIndex(
      rendition({
        uri: 'd',
        tracks: [videoTrack()],
        cuts: [regularCuts(4, 4), regularCuts(2, 4)],
        segments: {
          1: { programDateTime: '2026-03-01T12:00:04.500+01:00' },
          4: { programDateTime: '2026-03-02T00:00:00Z' },
        },
      }),
    );
    const { text } = hls(dated, { HlsManifests: [{ ManifestName: 'index', ProgramDateTimeIntervalSeconds: 8 }] });
    expect(
      readMediaPlaylist(text('index_video_1.m3u8')).segments.map(({ programDateTime }) => programDateTime),
    ).toEqual([
      '2026-03-01T11:00:00.500Z',
      undefined,
      '2026-03-01T11:00:08.500Z',
      undefined,
      '2026-03-02T00:00:00.000Z',
      undefined,
    ]);
  });

  it('keeps audio of different quality in different groups', () => {
    const { text } = hls(syntheticIndex(muxed('high', 3_000_000, 720, 'good'), muxed('low', 1_000_000, 360, 'poor')));
    const { variants, media } = readMultivariantPlaylist(text('index.m3u8'));
    expect(variants.map(({ audio }) => audio)).toEqual(['audio_1', 'audio_2']);
    expect(media.map(({ groupId, name, uri }) => [groupId, name, uri])).toEqual([
      ['audio_1', 'English', 'index_audio_1.m3u8'],
      ['audio_2', 'English', 'index_audio_2.m3u8'],
    ]);
  });

  it('takes over the names, languages and defaults of the source', () => {
    const audio = (name: string, language: string, isDefault: boolean) =>
      rendition({
        uri: name,
        tracks: [audioTrack(name)],
        cuts,
        media: { groupIds: ['aac'], name, language, default: isDefault, autoselect: true, characteristics: 'public.x' },
      });
    const index = syntheticIndex(
      rendition({ uri: 'v', tracks: [videoTrack()], cuts, variant: { bandwidth: 1, audioGroups: ['aac'] } }),
      audio('Deutsch', 'de', false),
      audio('English', 'en', true),
    );
    const { media, variants } = readMultivariantPlaylist(hls(index).text('index.m3u8'));
    expect(
      media.map((each) => [each.name, each.language, each.default, each.autoselect, each.characteristics]),
    ).toEqual([
      ['Deutsch', 'de', false, true, 'public.x'],
      ['English', 'en', true, true, 'public.x'],
    ]);
    expect(variants[0]?.audio).toBe('audio');
    const mpd = dash(index).text('index.mpd');
    expect(mpd.match(/<AdaptationSet [^>]*lang="\w+"/g)).toHaveLength(2);
    expect(mpd).toMatch(/lang="de"[^>]*>\s*<Label>Deutsch<\/Label>\s*<Role[^>]*value="alternate"/);
    expect(mpd).toMatch(/lang="en"[^>]*>\s*<Label>English<\/Label>\s*<Role[^>]*value="main"/);
  });

  it('offers a video once for each audio group that the source combines it with', () => {
    const media = (groupId: string) => ({ groupIds: [groupId], name: 'English', default: true, autoselect: true });
    const index = syntheticIndex(
      rendition({ uri: 'v', tracks: [videoTrack()], cuts, variant: { bandwidth: 9, audioGroups: ['lo', 'hi'] } }),
      rendition({ uri: 'lo', tracks: [audioTrack('lo')], cuts, media: media('lo') }),
      rendition({ uri: 'hi', tracks: [audioTrack('hi')], cuts, media: media('hi') }),
    );
    const { variants, media: offered } = readMultivariantPlaylist(hls(index).text('index.m3u8'));
    expect(variants.map(({ uri, audio }) => [uri, audio])).toEqual([
      ['index_video_1.m3u8', 'audio_1'],
      ['index_video_1.m3u8', 'audio_2'],
    ]);
    expect(offered.map(({ groupId, uri }) => [groupId, uri])).toEqual([
      ['audio_1', 'index_audio_1.m3u8'],
      ['audio_2', 'index_audio_2.m3u8'],
    ]);
    expectAll(dash(index));
  });

  it('offers an audio rendition alone, too, where the source does', () => {
    const media = (name: string) => ({ groupIds: ['a'], name, default: false, autoselect: true });
    const index = syntheticIndex(
      rendition({ uri: 'v', tracks: [videoTrack()], cuts, variant: { bandwidth: 9, audioGroups: ['a'] } }),
      rendition({
        uri: 'en',
        tracks: [audioTrack('en')],
        cuts,
        variant: { bandwidth: 1, audioGroups: ['a'] },
        media: media('English'),
      }),
      rendition({ uri: 'de', tracks: [audioTrack('de')], cuts, media: media('Deutsch') }),
    );
    const { variants, media: offered } = readMultivariantPlaylist(hls(index).text('index.m3u8'));
    expect(variants.map(({ uri, audio }) => [uri, audio])).toEqual([
      ['index_video_1.m3u8', 'audio'],
      ['index_audio_1.m3u8', 'audio'],
    ]);
    expect(offered.map(({ name }) => name)).toEqual(['English', 'Deutsch']);
  });

  it.each<[string, AssetIndex]>([
    [
      'in one file',
      syntheticIndex(
        rendition({
          ...{ uri: 'a', cuts },
          tracks: [audioTrack('en', { language: 'eng' }), audioTrack('de', { language: 'deu' })],
        }),
      ),
    ],
    [
      'in a group',
      syntheticIndex(
        ...['en', 'de'].map((language) =>
          rendition({
            ...{ uri: language, cuts, tracks: [audioTrack(language)] },
            media: { groupIds: ['a'], name: language, language, default: language === 'de', autoselect: true },
            ...(language === 'en' && { variant: { bandwidth: 1, audioGroups: ['a'] } }),
          }),
        ),
      ),
    ],
  ])('offers languages without video as a choice, and not as variants: %s', (where, index) => {
    const made = hls(index, {}, { 'audio_2/1.m4s': 200 });
    const { variants, media } = readMultivariantPlaylist(made.text('index.m3u8'));
    const inGroup = where === 'in a group';
    expect(media.map(({ language, uri, default: isDefault }) => [language, uri, isDefault])).toEqual([
      ['en', 'index_audio_1.m3u8', !inGroup],
      ['de', 'index_audio_2.m3u8', inGroup],
    ]);
    // The larger one (200 bytes in 4.010667 s), and not both.
    expect(variants).toMatchObject([
      { uri: inGroup ? 'index_audio_2.m3u8' : 'index_audio_1.m3u8', audio: 'audio', bandwidth: 399 },
    ]);
    expect(variants[0]!.codecs).toBe('mp4a.40.2');
    expectAll(made);
    expectAll(dash(index));
  });

  it('tells of more than channels where the source does', () => {
    const sound = (channels: string) =>
      rendition({
        ...{ uri: channels, cuts, tracks: [audioTrack(channels)] },
        media: { groupIds: ['a'], name: channels, default: false, autoselect: true, channels },
      });
    const video = rendition({
      ...{ uri: 'v', tracks: [videoTrack()], cuts, variant: { bandwidth: 9, audioGroups: ['a'] } },
    });
    const { media } = readMultivariantPlaylist(
      hls(syntheticIndex(video, sound('16/JOC'), sound('6'))).text('index.m3u8'),
    );
    expect(media.map(({ channels }) => channels)).toEqual(['16/JOC', '2']);
  });

  it('offers audio alone where there is no video', () => {
    const index = syntheticIndex(rendition({ uri: 'a', tracks: [audioTrack('a')], cuts }));
    const { variants, media } = readMultivariantPlaylist(hls(index).text('index.m3u8'));
    expect(media).toEqual([]);
    expect(variants).toMatchObject([{ uri: 'index_audio_1.m3u8', codecs: 'mp4a.40.2' }]);
    expectAll(dash(index));
  });

  it('offers video alone where there is no audio', () => {
    const index = syntheticIndex(rendition({ uri: 'v', tracks: [videoTrack()], cuts }));
    expect(readMultivariantPlaylist(hls(index).text('index.m3u8')).variants[0]).toMatchObject({
      codecs: 'avc1.64001f',
    });
    expectAll(dash(index));
  });
});
