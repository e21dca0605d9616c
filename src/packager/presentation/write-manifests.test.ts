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
import { mssResources } from '../../transfer/harvest/mss-resources.js';
import type { AssetIndex } from '../model/asset-index.js';
import { planPresentation } from './plan-presentation.js';
import { writeManifests } from './write-manifests.js';
import { cuts, dash, expectAll, hls, ladder, manifests, parts } from './written-manifests.case.js';

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
