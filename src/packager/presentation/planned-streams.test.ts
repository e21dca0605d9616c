import { describe, expect, it } from 'vitest';
import { audioTrack, rendition, syntheticIndex, videoTrack } from '../../../test/support/synthetic-index.js';
import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import type { AssetIndex, IndexedPeriod } from '../model/asset-index.js';
import { planPresentation } from './plan-presentation.js';
import { cmaf, cuts, dash, high, ladder, low } from './planned-ladder.case.js';
import type { PlannedOutput } from './segment-task.js';

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
    // Each file has another language, and all of them play with every picture.
    const file = (uri: string, language: string) =>
      rendition({ uri, tracks: [videoTrack(), audioTrack(uri, { language })], cuts });
    const files = { ...syntheticIndex(file('e', 'eng'), file('f', 'fra'), file('g', 'eng')), uncut: true as const };
    expect(inside(files)).toHaveLength(6);
    expect(planPresentation(files, hls()).manifests[0]?.combinations).toEqual([
      { video: 'video_1', audio: ['audio_1', 'audio_2'] },
      { video: 'video_2', audio: ['audio_1', 'audio_2'] },
      { video: 'video_3', audio: ['audio_2', 'audio_3'] },
    ]);
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
