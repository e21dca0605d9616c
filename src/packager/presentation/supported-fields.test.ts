import { describe, expect, it } from 'vitest';
import { rendition, syntheticIndex, videoTrack } from '../../../test/support/synthetic-index.js';
import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import type { VideoTrack } from '../model/track.js';
import { planPresentation } from './plan-presentation.js';
import { cmaf, cuts, dash, ladder } from './planned-ladder.case.js';

describe('what cannot be honoured is refused by name', () => {
  const hls = (change: object) => cmaf({ HlsManifests: [{ ManifestName: 'index', ...change }] });
  const mpd = (change: object) => dash({ DashManifests: [{ ManifestName: 'index', ...change }] });
  const mss = (MssManifests: { ManifestName: string }[]) => ({ Id: 'mss', MssPackage: { MssManifests } });
  const provider = { RoleArn: 'a', SystemIds: ['b'], Url: 'c' };

  it.each<[string, PackagingConfiguration]>([
    [
      'HlsPackage.Encryption',
      {
        Id: 'a',
        HlsPackage: { HlsManifests: [{ ManifestName: 'index' }], Encryption: { SpekeKeyProvider: provider } },
      },
    ],
    [
      'HlsPackage.IncludeDvbSubtitles',
      { Id: 'a', HlsPackage: { HlsManifests: [{ ManifestName: 'index' }], IncludeDvbSubtitles: true } },
    ],
    ['MssPackage.MssManifests', mss([{ ManifestName: 'a' }, { ManifestName: 'b' }])],
    [
      'MssPackage.Encryption',
      {
        Id: 'a',
        MssPackage: { MssManifests: [{ ManifestName: 'index' }], Encryption: { SpekeKeyProvider: provider } },
      },
    ],
    ['CmafPackage.Encryption', cmaf({ Encryption: { SpekeKeyProvider: provider } })],
    ['DashPackage.Encryption', dash({ Encryption: { SpekeKeyProvider: provider } })],
    ['DashPackage.PeriodTriggers', dash({ PeriodTriggers: ['ADS'], SegmentTemplateFormat: 'NUMBER_WITH_DURATION' })],
    ['ProgramDateTimeIntervalSeconds', hls({ ProgramDateTimeIntervalSeconds: 10 })],
  ])('%s', (field, configuration) => {
    expect(() => planPresentation(ladder, configuration)).toThrow(
      expect.objectContaining({ code: 'configuration_unsupported', message: expect.stringContaining(field) }),
    );
  });

  it('Smooth Streaming over discontinuities', () => {
    const parts = syntheticIndex(
      rendition({
        uri: 'a',
        tracks: [videoTrack()],
        cuts: [
          [0, 4],
          [0, 4],
        ],
      }),
    );
    expect(() => planPresentation(parts, mss([{ ManifestName: 'index' }]))).toThrow('without discontinuities');
  });

  it('trick play over segments that do not begin with key pictures', () => {
    const late = { tracks: [{ start: 360_000, end: 720_000, sap: 0 as const, skip: 0, carry: 0 }] };
    const index = syntheticIndex(rendition({ uri: 'a', tracks: [videoTrack()], cuts, segments: { 1: late } }));
    expect(() => planPresentation(index, dash({ IncludeIframeOnlyStream: true }))).toThrow(
      'segments all begin with a key picture (field DashPackage.IncludeIframeOnlyStream, segment 2)',
    );
  });

  it('and all of them at once', () => {
    const both: PackagingConfiguration = {
      Id: 'both',
      HlsPackage: {
        Encryption: { SpekeKeyProvider: provider },
        IncludeDvbSubtitles: true,
        HlsManifests: [{ ManifestName: 'index' }],
      },
    };
    expect(() => planPresentation(ladder, both)).toThrow(/both: .*Encryption.*DvbSubtitles/);
  });

  it('but not fields that ask for nothing', () => {
    const asking = [
      hls({
        AdMarkers: 'NONE',
        IncludeIframeOnlyStream: false,
        ProgramDateTimeIntervalSeconds: 0,
        RepeatExtXKey: true,
      }),
      mpd({ Profile: 'NONE', ScteMarkersSource: 'SEGMENTS', MinBufferTimeSeconds: 4, ManifestLayout: 'FULL' }),
      dash({ PeriodTriggers: [], IncludeIframeOnlyStream: false, IncludeEncoderConfigurationInSegments: false }),
    ];
    for (const configuration of asking) expect(planPresentation(ladder, configuration).tasks).toHaveLength(10);
  });

  it('and manifest names that would overwrite each other', () => {
    const clash = cmaf({ HlsManifests: [{ ManifestName: 'a' }, { ManifestName: 'a_video_1' }] });
    expect(() => planPresentation(ladder, clash)).toThrow('two manifests would be called a_video_1.m3u8');
  });

  it.each([
    ['a segment of another length', [0, 4, 8, 17, 21, 25], 'segment 3 of video_1 lasts 9.000 s from 8.000 s'],
    ['a long last segment', [0, 4, 8, 12, 25], 'video_1'],
    ['a slow drift', [0, 4, 8, 12, 16, 18, 20, 22, 24], 'of video_1 lasts'],
  ])('and NUMBER_WITH_DURATION over %s', (_, times, message) => {
    const odd = syntheticIndex(rendition({ uri: 'a.m3u8', tracks: [videoTrack()], cuts: [times] }));
    expect(() => planPresentation(odd, dash({ SegmentTemplateFormat: 'NUMBER_WITH_DURATION' }))).toThrow(message);
  });

  it('and NUMBER_WITH_DURATION over discontinuities', () => {
    const parts = syntheticIndex(
      rendition({
        uri: 'a.m3u8',
        tracks: [videoTrack()],
        cuts: [
          [0, 4],
          [0, 4],
        ],
      }),
    );
    expect(() => planPresentation(parts, dash({ SegmentTemplateFormat: 'NUMBER_WITH_DURATION' }))).toThrow('2 parts');
  });
});

describe('what transport streams do not carry', () => {
  const av1: VideoTrack = {
    ...videoTrack(),
    configuration: {
      ...{ codec: 'av1', codecString: 'av01.0.04M.08', configurationBox: new Uint8Array(4) },
      ...{ width: 160, height: 90, sampleAspectRatio: [1, 1] },
    },
  };
  const index = syntheticIndex({ uri: 'a.mp4', periods: [{ origin: 0, tracks: [av1], segments: [] }] });
  const named = [{ ManifestName: 'index' }];

  it.each<[string, PackagingConfiguration, string]>([
    ['HlsPackage', { Id: 'a', HlsPackage: { HlsManifests: named } }, 'CmafPackage and DashPackage take'],
    ['MssPackage', { Id: 'a', MssPackage: { MssManifests: named } }, 'Smooth Streaming is made of H.264 and AAC'],
  ])('is refused by name in %s', (field, configuration, message) => {
    const plan = () => planPresentation(index, configuration);
    expect(plan).toThrow(
      expect.objectContaining({ code: 'configuration_unsupported', details: expect.objectContaining({ field }) }),
    );
    expect(plan).toThrow('av01.0.04M.08');
    expect(plan).toThrow(message);
  });
});
