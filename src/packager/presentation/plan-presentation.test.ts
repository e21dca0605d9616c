import { describe, expect, it } from 'vitest';
import {
  audioTrack,
  regularCuts,
  rendition,
  syntheticIndex,
  videoTrack,
} from '../../../test/support/synthetic-index.js';
import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import type { AssetIndex, IndexedPeriod } from '../model/asset-index.js';
import type { VideoTrack } from '../model/track.js';
import { checkPresentation } from '../rules/check-manifest.js';
import { planPresentation } from './plan-presentation.js';
import { writeManifests } from './write-manifests.js';
import type { PlannedOutput } from './segment-task.js';

type Cmaf = NonNullable<PackagingConfiguration['CmafPackage']>;
type Dash = NonNullable<PackagingConfiguration['DashPackage']>;

const cmaf = (change: Partial<Cmaf> = {}): PackagingConfiguration => ({
  Id: 'cmaf',
  CmafPackage: { HlsManifests: [{ ManifestName: 'index' }], ...change },
});
const dash = (change: Partial<Dash> = {}): PackagingConfiguration => ({
  Id: 'dash',
  DashPackage: { DashManifests: [{ ManifestName: 'index' }], ...change },
});

const cuts = [regularCuts(5, 4)];
const high = rendition({
  uri: 'high.m3u8',
  tracks: [videoTrack(), audioTrack('same')],
  cuts,
  variant: { bandwidth: 3_000_000 },
});
const low = rendition({
  uri: 'low.m3u8',
  tracks: [videoTrack({ width: 640, height: 360 }), audioTrack('same')],
  cuts,
  variant: { bandwidth: 1_000_000 },
});
const ladder = syntheticIndex(high, low);

describe('a plan', () => {
  it('keeps audio that is muxed identically into several variants once', () => {
    const { tracks, tasks, initSegments } = planPresentation(ladder, cmaf());
    expect(tracks.map(({ id }) => id)).toEqual(['video_1', 'audio_1', 'video_2']);
    expect(initSegments.map(({ name, contentType }) => `${name} ${contentType}`)).toEqual([
      'video_1/init.mp4 video/mp4',
      'audio_1/init.mp4 audio/mp4',
      'video_2/init.mp4 video/mp4',
    ]);
    expect(tasks).toHaveLength(10);
    expect(tasks.slice(0, 3).map(({ outputs }) => outputs.map(({ name }) => name))).toEqual([
      ['video_1/1.m4s', 'audio_1/1.m4s'],
      ['video_2/1.m4s'],
      ['video_1/2.m4s', 'audio_1/2.m4s'],
    ]);
  });

  it('has playlists and MPDs over one set of segments where CmafPackage is asked for both', () => {
    const both = planPresentation(ladder, {
      Id: 'both',
      CmafPackage: { HlsManifests: [{ ManifestName: 'index' }], DashManifests: [{ ManifestName: 'index' }] },
    });
    expect(both.manifests.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['hls index.m3u8', 'dash index.mpd']);
    const { tasks, initSegments } = planPresentation(ladder, cmaf());
    expect(both.tasks).toEqual(tasks);
    expect(both.initSegments).toEqual(initSegments);
    const facts = new Map(tasks.flatMap(({ outputs }) => outputs).map(({ name }) => [name, { size: 1000 }]));
    const files = writeManifests(both, facts);
    expect(files.filter(({ entry }) => entry).map(({ name }) => name)).toEqual(['index.m3u8', 'index.mpd']);
    expect(checkPresentation(both, files, facts)).toEqual([]);
  });

  it('is structured-cloneable task by task, and numbers its tasks', () => {
    const { tasks } = planPresentation(ladder, cmaf());
    for (const [index, task] of tasks.entries()) {
      expect(task.id).toBe(index);
      expect(structuredClone(task)).toEqual(task);
    }
  });

  it('keeps audio apart that only looks alike', () => {
    const other = { ...low, periods: low.periods.map((p) => ({ ...p, tracks: [p.tracks[0]!, audioTrack('other')] })) };
    const { tracks, manifests } = planPresentation(syntheticIndex(high, other), cmaf());
    expect(tracks.map(({ id }) => id)).toEqual(['video_1', 'audio_1', 'video_2', 'audio_2']);
    expect(manifests[0]?.combinations).toMatchObject([
      { video: 'video_1', audio: ['audio_1'] },
      { video: 'video_2', audio: ['audio_2'] },
    ]);
  });

  it.each([
    [undefined, [4, 4, 4, 4, 4]],
    [1, [4, 4, 4, 4, 4]],
    [5, [4, 4, 4, 4, 4]],
    [6, [8, 8, 4]],
    [9, [8, 8, 4]],
    [12, [12, 8]],
    [3600, [20]],
  ])('rounds a segment duration of %s s to a multiple of the 4 s of the source', (wanted, expected) => {
    const { tracks, tasks } = planPresentation(
      ladder,
      cmaf(wanted === undefined ? {} : { SegmentDurationSeconds: wanted }),
    );
    const segments = tracks[0]?.periods[0]?.segments ?? [];
    expect(segments.map(({ start, end }) => (end - start) / 90_000)).toEqual(expected);
    const reads = tasks.filter(({ rendition: of }) => of === 'r1').map((task) => task.reads.map(({ uri }) => uri));
    expect(reads.flat()).toEqual([1, 2, 3, 4, 5].map((n) => `high.m3u8/${n}.ts`));
    expect(reads).toHaveLength(expected.length);
  });

  it('is refused when a segment is made of more source than may be held, and names the field', () => {
    const part = (at: number) => ({ source: { uri: 'one.ts', offset: at * 100e6, length: 100e6 } });
    const ranges = rendition({
      uri: 'one.m3u8',
      tracks: [videoTrack()],
      cuts,
      segments: { 0: part(0), 1: part(1), 2: part(2) },
    });
    const plan = (SegmentDurationSeconds: number) =>
      planPresentation(syntheticIndex(ranges), cmaf({ SegmentDurationSeconds }));
    expect(plan(8).tasks).toHaveLength(3);
    expect(() => plan(12)).toThrow(
      /300000000 bytes of source.*maximumTaskBytes.*joins 3 segments.*SegmentDurationSeconds/,
    );
  });

  it('cuts audio renditions like the video, although their segments differ a little', () => {
    const main = rendition({ uri: 'v.m3u8', tracks: [videoTrack()], cuts, variant: { audioGroups: ['a'] } });
    const media = { groupIds: ['a'], name: 'English', default: true, autoselect: true };
    const audio = rendition({ uri: 'a.m3u8', tracks: [audioTrack('a')], cuts: [regularCuts(10, 2.05)], media });
    const { tracks } = planPresentation(syntheticIndex(main, audio), cmaf({ SegmentDurationSeconds: 6 }));
    expect(tracks.map(({ periods }) => periods[0]?.segments.length)).toEqual([3, 3]);
  });

  it('reads the tail of a segment after the segment', () => {
    const tail = { uri: 'high.m3u8/2.ts', offset: 0, length: 1880 };
    const withTail = rendition({
      uri: 'high.m3u8',
      tracks: [videoTrack()],
      cuts,
      segments: { 0: { tail } },
    });
    const { tasks } = planPresentation(syntheticIndex(withTail), cmaf({ SegmentDurationSeconds: 8 }));
    expect(tasks[0]?.reads).toEqual([{ uri: 'high.m3u8/1.ts' }, tail, { uri: 'high.m3u8/2.ts' }]);
  });

  it('has no output where a track has no samples, and numbers on', () => {
    const track = (start: number, end: number) => ({ start, end, sap: 1 as const, skip: 0, carry: 0 });
    const late = rendition({
      uri: 'late.m3u8',
      tracks: [videoTrack(), audioTrack('late')],
      cuts: [regularCuts(2, 4)],
      segments: { 0: { tracks: [track(0, 360_000), track(0, 0)] } },
    });
    const { tasks, tracks } = planPresentation(syntheticIndex(late), cmaf());
    expect(tasks.map(({ outputs }) => outputs.map(({ name }) => name))).toEqual([
      ['video_1/1.m4s'],
      ['video_1/2.m4s', 'audio_1/1.m4s'],
    ]);
    expect(tracks[1]?.periods[0]?.segments).toHaveLength(1);
  });

  it('refuses a track that is announced and never comes', () => {
    const track = { start: 0, end: 0, sap: 1 as const, skip: 0, carry: 0 };
    const silent = rendition({
      uri: 'silent.m3u8',
      tracks: [videoTrack(), audioTrack('none')],
      cuts: [[0, 4]],
      segments: { 0: { tracks: [{ ...track, end: 360_000 }, track] } },
    });
    expect(() => planPresentation(syntheticIndex(silent), cmaf())).toThrow('audio_1 holds no samples in part 1');
  });

  it('has a period for each part between discontinuities, with its own init segments and numbers that go on', () => {
    const parts = rendition({ uri: 'p.m3u8', tracks: [videoTrack()], cuts: [regularCuts(2, 4), regularCuts(1, 3)] });
    const { periods, tracks, initSegments, tasks } = planPresentation(syntheticIndex(parts), cmaf());
    expect(periods).toMatchObject([{ duration: 8 }, { duration: 3 }]);
    expect(initSegments.map(({ name }) => name)).toEqual(['video_1/init.mp4', 'video_1/init_2.mp4']);
    expect(tracks[0]?.periods[1]?.segments.map(({ number, start }) => [number, start])).toEqual([[3, 0]]);
    expect(tasks.map(({ segmentNumber }) => segmentNumber)).toEqual([1, 2, 3]);
  });

  it('names segments by time when the template asks for it, without a clash between periods', () => {
    const parts = rendition({ uri: 'p.m3u8', tracks: [videoTrack()], cuts: [regularCuts(2, 4), regularCuts(1, 3)] });
    const { tasks } = planPresentation(syntheticIndex(parts), dash({ SegmentTemplateFormat: 'TIME_WITH_TIMELINE' }));
    expect(tasks.flatMap(({ outputs }) => outputs.map(({ name }) => name))).toEqual([
      'video_1/0.m4s',
      'video_1/360000.m4s',
      'video_1/p2_0.m4s',
    ]);
  });

  it('refuses parts with different tracks', () => {
    const parts = rendition({
      uri: 'p.m3u8',
      tracks: [videoTrack(), audioTrack('a')],
      cuts: [
        [0, 4],
        [0, 4],
      ],
    });
    const odd = { ...parts, periods: parts.periods.map((p, i) => (i === 1 ? { ...p, tracks: [p.tracks[0]!] } : p)) };
    expect(() => planPresentation(syntheticIndex(odd), cmaf())).toThrow(
      'audio 1 is missing in part 2 (rendition r1, p.m3u8)',
    );
  });

  it('refuses a source without anything to play', () => {
    expect(() => planPresentation(syntheticIndex(), cmaf())).toThrow('neither video nor audio');
  });
});

describe('stream selection', () => {
  const video = (configuration: PackagingConfiguration) =>
    planPresentation(ladder, configuration).manifests[0]?.combinations.map((combination) => combination.video);
  const selecting = (StreamSelection: NonNullable<Cmaf['HlsManifests'][0]['StreamSelection']>) =>
    cmaf({ HlsManifests: [{ ManifestName: 'index', StreamSelection }] });

  it.each([
    [{}, ['video_1', 'video_2']],
    [{ StreamOrder: 'ORIGINAL' as const }, ['video_1', 'video_2']],
    [{ StreamOrder: 'VIDEO_BITRATE_ASCENDING' as const }, ['video_2', 'video_1']],
    [{ StreamOrder: 'VIDEO_BITRATE_DESCENDING' as const }, ['video_1', 'video_2']],
    [{ MinVideoBitsPerSecond: 3_000_000 }, ['video_1']],
    [{ MaxVideoBitsPerSecond: 1_000_000 }, ['video_2']],
    [{ MinVideoBitsPerSecond: 0, MaxVideoBitsPerSecond: 2_147_483_647 }, ['video_1', 'video_2']],
  ])('%j leaves %j', (selection, expected) => {
    expect(video(selecting(selection))).toEqual(expected);
  });

  it('leaves out of the work what no manifest needs, and takes shared audio from what is read anyway', () => {
    const { tasks, tracks } = planPresentation(ladder, selecting({ MaxVideoBitsPerSecond: 1_000_000 }));
    expect(tracks.map(({ id }) => id)).toEqual(['audio_1', 'video_2']);
    expect(new Set(tasks.map(({ rendition: of }) => of))).toEqual(new Set(['r2']));
  });

  it('that leaves nothing is refused with what there is', () => {
    expect(() => video(selecting({ MinVideoBitsPerSecond: 9_000_000 }))).toThrow(
      'no video lies between 9000000 and 2147483647 bits per second; the source has 3000000, 1000000',
    );
  });

  it('needs a source that tells bit rates', () => {
    const single = syntheticIndex(rendition({ uri: 'a.m3u8', tracks: [videoTrack()], cuts }));
    expect(() => planPresentation(single, selecting({ MaxVideoBitsPerSecond: 5 }))).toThrow('says BANDWIDTH');
    expect(planPresentation(single, selecting({ MaxVideoBitsPerSecond: 2 ** 31 - 1 })).tracks).toHaveLength(1);
  });
});

describe('transport streams', () => {
  const hls = (change: Partial<NonNullable<PackagingConfiguration['HlsPackage']>> = {}): PackagingConfiguration => ({
    Id: 'hls',
    HlsPackage: { HlsManifests: [{ ManifestName: 'index' }], ...change },
  });
  const whole = (of: typeof high) => ({
    ...of,
    periods: of.periods.map((p) => ({ ...p, tablesFirst: true as const })),
  });
  const outputs = (index: typeof ladder, configuration: PackagingConfiguration) =>
    planPresentation(index, configuration).tasks.flatMap((task) => task.outputs);
  const source = syntheticIndex(whole(high), whole(low));

  it('have no init segments, and audio stays with the video that it is muxed with', () => {
    const { tracks, initSegments, tasks } = planPresentation(source, hls());
    expect(initSegments).toEqual([]);
    expect(tracks.map(({ id, muxed }) => [id, ...muxed.map((audio) => audio.id)])).toEqual([
      ['video_1', 'audio_1'],
      ['video_2', 'audio_1'],
    ]);
    expect(tasks[0]?.outputs).toMatchObject([{ name: 'video_1/1.ts', tracks: [{ track: 0 }, { track: 1 }] }]);
  });

  it('are the source as it is where nothing is to be changed, and else begin 10 s into their clock', () => {
    const clocks = (index: typeof ladder, configuration: PackagingConfiguration) => [
      ...new Set(outputs(index, configuration).map((output) => output.container === 'mpegts' && output.clock)),
    ];
    expect(clocks(source, hls())).toEqual(['source']);
    expect(clocks(source, hls({ SegmentDurationSeconds: 4 }))).toEqual(['source']);
    expect(clocks(source, hls({ SegmentDurationSeconds: 8 }))).toEqual([900_000]);
    expect(clocks(source, hls({ UseAudioRenditionGroup: true }))).toEqual([900_000]);
    expect(clocks(ladder, hls())).toEqual([900_000]); // segments without tables of their own
    expect(clocks(syntheticIndex(whole(high), low), hls())).toEqual([900_000]); // all of them or none
    const tail = { uri: 'next', offset: 0, length: 188 };
    const across = rendition({ uri: 'a', tracks: [videoTrack()], cuts, segments: { 0: { tail } } });
    expect(clocks(syntheticIndex(whole(across)), hls())).toEqual([900_000]);
  });

  it('are not the source as it is where that holds what is not asked for', () => {
    const clocks = (change: Partial<IndexedPeriod>, AdMarkers: 'NONE' | 'SCTE35_ENHANCED') => {
      const of = whole(high);
      const index = syntheticIndex({ ...of, periods: of.periods.map((period) => ({ ...period, ...change })) });
      const made = outputs(index, hls({ HlsManifests: [{ ManifestName: 'index', AdMarkers }] }));
      return [...new Set(made.map((output) => output.container === 'mpegts' && output.clock))];
    };
    expect(clocks({ metadata: [{ pid: 9, format: 'id3' }] }, 'NONE')).toEqual(['source']);
    expect(clocks({ metadata: [{ pid: 9, format: 'scte35' }] }, 'NONE')).toEqual([900_000]);
    expect(clocks({ metadata: [{ pid: 9, format: 'scte35' }] }, 'SCTE35_ENHANCED')).toEqual(['source']);
    expect(clocks({ holdsMore: true }, 'NONE')).toEqual([900_000]);
  });

  it('have audio in streams of its own when that is asked for, or when the source has it so', () => {
    const media = { groupIds: ['a'], name: 'English', default: true, autoselect: true };
    const main = rendition({ uri: 'v', tracks: [videoTrack()], cuts, variant: { audioGroups: ['a'] } });
    const audio = rendition({ uri: 'a', tracks: [audioTrack('a')], cuts, media });
    for (const [index, configuration] of [
      [source, hls({ UseAudioRenditionGroup: true })],
      [syntheticIndex(main, audio), hls()],
    ] as const) {
      const { tracks } = planPresentation(index, configuration);
      expect(tracks.filter(({ kind }) => kind === 'audio').map(({ id }) => id)).toEqual(['audio_1']);
      expect(tracks.flatMap(({ muxed }) => muxed)).toEqual([]);
    }
  });

  it('have all audio in streams of its own when some videos have it muxed and others elsewhere', () => {
    const media = { groupIds: ['a'], name: 'English', default: true, autoselect: true };
    const muxed = rendition({ uri: 'm', tracks: [videoTrack(), audioTrack('m')], cuts });
    const main = rendition({ uri: 'v', tracks: [videoTrack()], cuts, variant: { audioGroups: ['a'] } });
    const audio = rendition({ uri: 'a', tracks: [audioTrack('a')], cuts, media });
    const silent = rendition({ uri: 's', tracks: [videoTrack()], cuts, variant: {} });
    const inside = (index: AssetIndex) =>
      planPresentation(index, hls()).tracks.map(({ id, muxed: of }) => [id, ...of.map((each) => each.id)]);
    expect(inside(syntheticIndex(muxed, main, audio))).toEqual([['video_1'], ['audio_1'], ['video_2'], ['audio_2']]);
    // There is nothing to be had elsewhere.
    expect(inside(syntheticIndex(muxed, silent))).toEqual([['video_1', 'audio_1'], ['video_2']]);
  });
});

const iFramesOf = (output: PlannedOutput) => (output.container === 'text' ? undefined : output.iFrames);

describe('key pictures', () => {
  it('are marked in the first video of a manifest, and a stream of their own in DASH', () => {
    const HlsManifests = [{ ManifestName: 'index', IncludeIframeOnlyStream: true }];
    const hls = planPresentation(ladder, cmaf({ HlsManifests }));
    expect(hls.tasks.slice(0, 2).map((task) => task.outputs.map(iFramesOf))).toEqual([
      ['marked', undefined],
      [undefined],
    ]);
    const trick = planPresentation(ladder, dash({ IncludeIframeOnlyStream: true }));
    expect(trick.tracks.map(({ id, trickOf }) => [id, trickOf])).toContainEqual(['video_1_iframes', 'video_1']);
    expect(trick.tasks[0]?.outputs.map((output) => [output.name, iFramesOf(output)])).toContainEqual([
      'video_1_iframes/1.m4s',
      'only',
    ]);
  });

  it('have parameter sets before them when those are to be in segments, and avc3 says so', () => {
    const { tracks, tasks } = planPresentation(ladder, dash({ IncludeEncoderConfigurationInSegments: true }));
    expect(tracks[0]?.periods[0]?.track.configuration).toMatchObject({
      codecString: 'avc3.64001f',
      parameterSetsInBand: true,
    });
    expect(tasks[0]?.outputs).toMatchObject([{ parameterSetsInBand: true }, { track: 1 }]);
    expect(tasks[0]?.period.tracks[0]?.configuration).toMatchObject({ parameterSetsInBand: false });
  });
});

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
