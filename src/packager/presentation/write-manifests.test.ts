import { Parser } from 'm3u8-parser';
import { parse as parseMpd } from 'mpd-parser';
import { describe, expect, it } from 'vitest';
import {
  audioTrack,
  regularCuts,
  rendition,
  syntheticIndex,
  videoTrack,
} from '../../../test/support/synthetic-index.js';
import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import { readMediaPlaylist } from '../../manifest/hls/read-media-playlist.js';
import { readMultivariantPlaylist } from '../../manifest/hls/read-multivariant-playlist.js';
import { mssResources } from '../../transfer/harvest/mss-resources.js';
import type { AssetIndex } from '../model/asset-index.js';
import { planPresentation } from './plan-presentation.js';
import { writeManifests } from './write-manifests.js';

type Cmaf = NonNullable<PackagingConfiguration['CmafPackage']>;
type Dash = NonNullable<PackagingConfiguration['DashPackage']>;

/** Segments of video are 1000 bytes long, of audio 100; others as given. */
function manifests(
  index: AssetIndex,
  configuration: Omit<PackagingConfiguration, 'Id'>,
  sizes: Record<string, number> = {},
) {
  const presentation = planPresentation(index, { Id: 'test', ...configuration });
  const names = presentation.tasks.flatMap(({ outputs }) => outputs.map(({ name }) => name));
  const files = writeManifests(
    presentation,
    new Map(names.map((name) => [name, { size: sizes[name] ?? (name.startsWith('video') ? 1000 : 100) }])),
  );
  const text = (name: string) => {
    const file = files.find((each) => each.name === name);
    if (!file) throw new Error(`no ${name} among ${files.map((each) => each.name).join()}`);
    return file.text;
  };
  return { presentation, names, files, text };
}

const hls = (index: AssetIndex, change: Partial<Cmaf> = {}, sizes?: Record<string, number>) =>
  manifests(index, { CmafPackage: { HlsManifests: [{ ManifestName: 'index' }], ...change } }, sizes);
const dash = (index: AssetIndex, change: Partial<Dash> = {}, sizes?: Record<string, number>) =>
  manifests(index, { DashPackage: { DashManifests: [{ ManifestName: 'index' }], ...change } }, sizes);

const cuts = [regularCuts(3, 4)];
const muxed = (uri: string, bandwidth: number, height: number, fingerprint = 'same') =>
  rendition({
    uri,
    tracks: [
      videoTrack({ width: (height * 16) / 9, height, codecString: height > 500 ? 'avc1.64001f' : 'avc1.4d401e' }),
      audioTrack(fingerprint, { language: 'eng' }),
    ],
    cuts,
    variant: { bandwidth },
  });
const ladder = syntheticIndex(muxed('high', 3_000_000, 720), muxed('low', 1_000_000, 360));

/** As two independent parsers read them: what does each manifest list? */
function listed(files: readonly { name: string; text: string }[]): string[] {
  return files.flatMap(({ name, text }) => (name.endsWith('.mpd') ? listedByMpd(text) : listedByPlaylist(text)));
}

function listedByPlaylist(text: string): string[] {
  const parser = new Parser();
  parser.push(text);
  parser.end();
  return parser.manifest.segments.flatMap(({ uri, map }) => [uri, ...(map ? [map.uri] : [])]);
}

function listedByMpd(text: string): string[] {
  const host = 'https://host/';
  const { playlists = [], mediaGroups } = parseMpd(text, { manifestUri: host });
  const audio = Object.values(mediaGroups?.AUDIO ?? {}).flatMap((group) => Object.values(group));
  return [...playlists, ...audio.flatMap((each) => each.playlists ?? [])]
    .flatMap(({ segments = [] }) => segments.flatMap(({ resolvedUri, map }) => [resolvedUri, map?.resolvedUri]))
    .map((uri) => uri?.replace(host, '') ?? 'a segment without address');
}

const expectAll = ({ presentation, names, files }: ReturnType<typeof manifests>) => {
  const media = files.filter(({ name, entry }) => name.endsWith('.mpd') || !entry);
  const expected = [...names, ...presentation.initSegments.map(({ name }) => name)];
  expect([...new Set(listed(media))].toSorted()).toEqual(expected.toSorted());
};

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

  it('go with joined segments that begin at them, and are not lost in others', () => {
    expect(hls(marked({ 2: out }), passing('PASSTHROUGH', 8)).text('index_video_1.m3u8')).toContain('EXT-X-CUE-OUT:8');
    expect(() => hls(marked({ 1: out }), passing('PASSTHROUGH', 8))).toThrow(/marker of advertisements.*segment 2/);
  });
});

const parts = syntheticIndex(
  rendition({ uri: 'a', tracks: [videoTrack(), audioTrack('a')], cuts: [regularCuts(3, 4), regularCuts(2, 3.5)] }),
);

describe('manifests', () => {
  it.each<[string, AssetIndex, Omit<PackagingConfiguration, 'Id'>]>([
    ['HLS of a ladder', ladder, { CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } }],
    ['HLS with discontinuities', parts, { CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } }],
    ...(['NUMBER_WITH_TIMELINE', 'TIME_WITH_TIMELINE', 'NUMBER_WITH_DURATION'] as const).flatMap(
      (SegmentTemplateFormat) =>
        (['FULL', 'COMPACT'] as const).map(
          (ManifestLayout): [string, AssetIndex, Omit<PackagingConfiguration, 'Id'>] => [
            `DASH of a ladder, ${SegmentTemplateFormat}, ${ManifestLayout}`,
            ladder,
            { DashPackage: { SegmentTemplateFormat, DashManifests: [{ ManifestName: 'index', ManifestLayout }] } },
          ],
        ),
    ),
    ...(['NUMBER_WITH_TIMELINE', 'TIME_WITH_TIMELINE'] as const).map(
      (SegmentTemplateFormat): [string, AssetIndex, Omit<PackagingConfiguration, 'Id'>] => [
        `DASH with periods, ${SegmentTemplateFormat}`,
        parts,
        { DashPackage: { SegmentTemplateFormat, DashManifests: [{ ManifestName: 'index' }] } },
      ],
    ),
  ])('%s list exactly the objects that are made', (_, index, configuration) => {
    expectAll(manifests(index, configuration));
  });

  it('of 54,000 segments take linear time and are read back whole', () => {
    const long = syntheticIndex(
      rendition({ uri: 'long', tracks: [videoTrack(), audioTrack('long')], cuts: [regularCuts(54_000, 4)] }),
    );
    const { text } = hls(long);
    expect(readMediaPlaylist(text('index_audio_1.m3u8')).segments).toHaveLength(54_000);
    const mpd = dash(long).text('index.mpd');
    expect(mpd).toContain('<S t="0" d="360000" r="53999"/>');
    expect(mpd.length).toBeLessThan(4_000_000);
  });

  it('need the size of every segment', () => {
    const presentation = planPresentation(ladder, { Id: 'a', CmafPackage: { HlsManifests: [{ ManifestName: 'i' }] } });
    expect(() => writeManifests(presentation, new Map())).toThrow('the size of video_1/1.m4s is needed');
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

describe('DASH', () => {
  it('describes every track as its decoder needs it', () => {
    const ntsc = videoTrack({ frameRate: [30_000, 1001], width: 720, height: 480, sampleAspectRatio: [8, 9] });
    const index = syntheticIndex(rendition({ uri: 'n', tracks: [ntsc, audioTrack('n', { language: 'eng' })], cuts }));
    const { text } = dash(index, { DashManifests: [{ ManifestName: 'index', MinBufferTimeSeconds: 7 }] });
    const mpd = text('index.mpd');
    expect(mpd).toContain('profiles="urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019"');
    expect(mpd).toContain('type="static" mediaPresentationDuration="PT12.010667S" minBufferTime="PT7S"');
    expect(mpd).toContain(
      '<Representation id="video_1" bandwidth="2000" codecs="avc1.64001f" width="720" height="480" sar="8:9" frameRate="30000/1001">',
    );
    expect(mpd).toContain('<Representation id="audio_1" bandwidth="201" codecs="mp4a.40.2" audioSamplingRate="48000">');
    expect(mpd).toContain(
      '<AudioChannelConfiguration schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="2"/>',
    );
    expect(mpd).toContain(
      'contentType="audio" mimeType="audio/mp4" lang="en" segmentAlignment="true" startWithSAP="1"',
    );
  });

  it('COMPACT hoists the template of a set, FULL does not', () => {
    const layout = (ManifestLayout: 'FULL' | 'COMPACT') =>
      dash(ladder, { DashManifests: [{ ManifestName: 'index', ManifestLayout }] }).text('index.mpd');
    expect(layout('FULL').match(/<SegmentTemplate /g)).toHaveLength(3);
    expect(layout('FULL')).toContain('media="video_2/$Number$.m4s"');
    expect(layout('COMPACT').match(/<SegmentTemplate /g)).toHaveLength(2);
    expect(layout('COMPACT')).toContain(
      'initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/$Number$.m4s"',
    );
  });

  it('COMPACT leaves the templates in the Representations where frame rates differ', () => {
    const slow = rendition({ uri: 's', tracks: [videoTrack({ frameRate: [12.5, 1] })], cuts, variant: {} });
    const fast = rendition({ uri: 'f', tracks: [videoTrack()], cuts, variant: {} });
    const { text } = dash(syntheticIndex(fast, slow), {
      DashManifests: [{ ManifestName: 'index', ManifestLayout: 'COMPACT' }],
    });
    expect(text('index.mpd').match(/<SegmentTemplate /g)).toHaveLength(2);
  });

  it('has periods one after the other, each numbering on', () => {
    const mpd = dash(parts).text('index.mpd');
    expect(mpd.match(/<Period [^>]*>/g)).toEqual([
      '<Period id="1" start="PT0S" duration="PT12.010667S">',
      '<Period id="2" start="PT12.010667S" duration="PT7.018667S">',
    ]);
    expect(mpd).toContain('startNumber="4" initialization="video_1/init_2.mp4"');
  });

  it('with NUMBER_WITH_DURATION has no timeline, and a duration that gives the right number of segments', () => {
    const index = syntheticIndex(
      rendition({ uri: 'd', tracks: [videoTrack(), audioTrack('d')], cuts: [[0, 4, 8, 12, 13.5]] }),
    );
    const made = dash(index, { SegmentTemplateFormat: 'NUMBER_WITH_DURATION' });
    expect(made.text('index.mpd')).not.toContain('SegmentTimeline');
    expect(made.text('index.mpd')).toContain('timescale="90000" duration="360000" startNumber="1"');
    expectAll(made);
  });

  const setsOf = (mpd: string) =>
    [...mpd.matchAll(/<AdaptationSet [^]*?<\/AdaptationSet>/g)].map(([set]) => ({
      ids: [...set.matchAll(/<Representation id="([^"]+)"/g)].map(([, id]) => id),
      label: /<Label>(.*)<\/Label>/.exec(set)?.[1],
      role: /<Role [^>]*value="(.*?)"/.exec(set)?.[1],
      accessibility: /<Accessibility (.*?)\/>/.exec(set)?.[1],
    }));

  it('has sound that one rendition has twice in one language as two sets, which bit rates do not decide between', () => {
    const both = (uri: string, bandwidth: number, name?: string) =>
      rendition({
        ...{ uri, cuts, variant: { bandwidth } },
        tracks: [
          videoTrack(),
          audioTrack(`${uri}1`, { language: 'eng' }),
          audioTrack(`${uri}2`, { language: 'eng', ...(name !== undefined && { name }) }),
        ],
      });
    const sets = setsOf(dash(syntheticIndex(both('high', 2000), both('low', 1000))).text('index.mpd'));
    expect(sets.map(({ ids }) => ids)).toEqual([
      ['video_1', 'video_2'],
      ['audio_1', 'audio_3'],
      ['audio_2', 'audio_4'],
    ]);
    expect(sets.map(({ role }) => role)).toEqual(['main', 'main', 'alternate']);
    expect(setsOf(dash(syntheticIndex(both('one', 1000, 'Commentary'))).text('index.mpd'))).toMatchObject([
      { ids: ['video_1'] },
      { ids: ['audio_1'], label: undefined },
      { ids: ['audio_2'], label: 'Commentary' },
    ]);
  });

  it('says which sound describes the picture', () => {
    const sound = (uri: string, name: string, characteristics?: string) =>
      rendition({
        ...{ uri, cuts, tracks: [audioTrack(uri)] },
        media: {
          ...{ groupIds: ['a'], name, default: name === 'English', autoselect: true, language: 'en' },
          ...(characteristics !== undefined && { characteristics }),
        },
      });
    const index = syntheticIndex(
      rendition({ uri: 'v', tracks: [videoTrack()], cuts, variant: { bandwidth: 1000, audioGroups: ['a'] } }),
      sound('a', 'English'),
      sound('b', 'Described', 'public.accessibility.describes-video'),
    );
    expect(setsOf(dash(index).text('index.mpd'))).toMatchObject([
      { ids: ['video_1'], accessibility: undefined },
      { ids: ['audio_1'], role: 'main', accessibility: undefined },
      {
        ...{ ids: ['audio_2'], role: 'alternate' },
        accessibility: 'schemeIdUri="urn:tva:metadata:cs:AudioPurposeCS:2007" value="1"',
      },
    ]);
  });

  it('keeps renditions apart whose segments do not start together', () => {
    const a = rendition({ uri: 'a', tracks: [videoTrack()], cuts: [[0, 4, 8]], variant: {} });
    const b = rendition({ uri: 'b', tracks: [videoTrack()], cuts: [[0, 3, 8]], variant: {} });
    const mpd = dash(syntheticIndex(a, b)).text('index.mpd');
    expect(mpd).toContain('segmentAlignment="false"');
    expect(mpd).not.toContain('cmaf:2019');
  });
});

describe('a client manifest', () => {
  const mss = (index: AssetIndex) => manifests(index, { MssPackage: { MssManifests: [{ ManifestName: 'talk' }] } });

  it('names exactly the fragments that there are', () => {
    const { names, text, presentation } = mss(ladder);
    expect(presentation.initSegments).toEqual([]);
    const base = 'https://host/talk.ism/Manifest';
    const listed = [...mssResources(text('talk.ism/Manifest'), base)].map(({ url }) => decodeURI(url));
    expect(listed.toSorted()).toEqual(names.map((name) => `https://host/${name}`).toSorted());
    expect(names).toContain('talk.ism/QualityLevels(3000000)/Fragments(video=360000)');
    expect(names).toContain('talk.ism/QualityLevels(128000)/Fragments(audio=0)');
  });

  it('says what players make the init segment from', () => {
    const text = mss(ladder).text('talk.ism/Manifest');
    expect(text).toContain(
      '<SmoothStreamingMedia MajorVersion="2" MinorVersion="0" TimeScale="10000000" Duration="120',
    );
    expect(text).toContain(
      'FourCC="H264" MaxWidth="1280" MaxHeight="720" CodecPrivateData="000000016764001FAC0000000168EB"',
    );
    expect(text).toMatch(
      /FourCC="AACL" SamplingRate="48000" Channels="2" BitsPerSample="16" PacketSize="4" AudioTag="255" CodecPrivateData="1190"/,
    );
    expect(text).toContain('Type="audio" Name="audio" TimeScale="48000"');
  });

  it('gives every quality level an address of its own, also where the source does not tell bit rates', () => {
    const same = (uri: string) => rendition({ uri, tracks: [videoTrack()], cuts });
    const { names } = mss(syntheticIndex(same('a'), same('b')));
    expect(new Set(names).size).toBe(6);
  });

  it('refuses renditions whose segments begin at other times, which one address cannot name', () => {
    const at = (uri: string, times: number[]) => rendition({ uri, tracks: [videoTrack()], cuts: [times] });
    const index = syntheticIndex(at('a', [0, 4, 8]), at('b', [0, 4.02, 8]));
    expect(() => mss(index)).toThrow('video_2 differs');
  });
});
