import { describe, expect, it } from 'vitest';
import { rendition, syntheticIndex, videoTrack } from '../../../test/support/synthetic-index.js';
import type { PackagingConfiguration, StreamSelection } from '../../domain/packaging-configuration.js';
import { planPresentation } from './plan-presentation.js';
import { cmaf, cuts, ladder } from './planned-ladder.case.js';

describe('stream selection', () => {
  const video = (configuration: PackagingConfiguration) =>
    planPresentation(ladder, configuration).manifests[0]?.combinations.map((combination) => combination.video);
  const selecting = (StreamSelection: StreamSelection) =>
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
