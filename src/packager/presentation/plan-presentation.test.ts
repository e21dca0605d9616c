import { describe, expect, it } from 'vitest';
import {
  audioTrack,
  dolbyTrack,
  regularCuts,
  rendition,
  syntheticIndex,
  videoTrack,
} from '../../../test/support/synthetic-index.js';
import { checkPresentation } from '../rules/check-manifest.js';
import { planPresentation } from './plan-presentation.js';
import { cmaf, cuts, dash, high, ladder, low } from './planned-ladder.case.js';
import { writeManifests } from './write-manifests.js';

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
      tracks: [videoTrack(), dolbyTrack('late')],
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

  it('says which of the configurations cannot be met', () => {
    const HlsManifests = [{ ManifestName: 'index', StreamSelection: { MinVideoBitsPerSecond: 9_000_000 } }];
    expect(() => planPresentation(ladder, cmaf({ HlsManifests }))).toThrow(
      'packaging configuration cmaf: no video lies between 9000000 and 2147483647 bits per second; the source has 3000000, 1000000',
    );
  });

  it('refuses a source without anything to play', () => {
    expect(() => planPresentation(syntheticIndex(), cmaf())).toThrow('neither video nor audio');
  });
});
