import { describe, expect, it } from 'vitest';
import { audioTrack, syntheticIndex, videoTrack } from '../../../test/support/synthetic-index.js';
import type { IndexedRendition } from '../model/asset-index.js';
import type { Track } from '../model/track.js';
import { checkAlignment } from './align-renditions.js';

/** Of one period. @param times seconds: where each segment begins, and where the last one ends */
function rendition(uri: string, track: Track, times: readonly number[]): Omit<IndexedRendition, 'id'> {
  const ticks = (seconds: number) => Math.round(seconds * track.timescale);
  const segments = times.slice(0, -1).map((start, at) => ({
    source: { uri: `${uri}/${at}` },
    tracks: [{ start: ticks(start), end: ticks(times[at + 1] ?? start), sap: 1 as const, skip: 0, carry: 0 }],
  }));
  return { uri, periods: [{ origin: 0, tracks: [track], segments }] };
}

const check = (...renditions: Omit<IndexedRendition, 'id'>[]) => {
  checkAlignment(syntheticIndex(...renditions).renditions);
};
const picture = rendition('picture', videoTrack(), [0, 6, 12, 18]);

describe('renditions line up', () => {
  it.each([
    { name: 'although the sound begins within the first segment', sound: [2.976, 6.01, 12.02, 17.9] },
    { name: 'although the sound begins after the first segment, which then holds none', sound: [9, 9, 12.02, 17.9] },
    { name: 'although the sound ends before the last segment, which then holds none', sound: [0, 6.01, 9, 9] },
    { name: 'although the sound begins in the last of them', sound: [13, 17.9] },
    { name: 'although the sound ends in the first of them', sound: [0, 5] },
    { name: 'although the sound goes on after the picture', sound: [0, 6.01, 12, 18, 24, 30, 33] },
  ])('$name', ({ sound }) => {
    expect(() => check(picture, rendition('sound', audioTrack('a'), sound))).not.toThrow();
  });

  it('although the sound lacks two segments amid others', () => {
    const pictures = rendition('picture', videoTrack(), [0, 6, 12, 18, 24, 30]);
    expect(() => check(pictures, rendition('sound', audioTrack('a'), [0, 18.02, 24.01, 30]))).not.toThrow();
    expect(() => check(pictures, rendition('sound', audioTrack('a'), [0, 17.5, 18.02, 24.01, 30]))).not.toThrow();
  });

  it('although the picture begins later than the sound', () => {
    const late = rendition('picture', videoTrack(), [2.02, 6, 12, 18]);
    expect(() => check(late, rendition('sound', audioTrack('a'), [0, 6.01, 12.02, 18]))).not.toThrow();
  });

  it.each([
    {
      name: 'where sound is cut at other times',
      sound: [0, 4, 12, 18],
      message: 'starts at 4.000 s, and at 6.000 s in r1',
    },
    {
      name: 'where sound begins after all of the first segment, and is in it',
      sound: [100, 106, 112, 118],
      message: 'starts at 100.000 s, and at 0.000 s in r1',
    },
    { name: 'where sound ends before the picture begins', sound: [-9, -3, 3, 9], message: 'starts at -9.000 s' },
  ])('not $name', ({ sound, message }) => {
    expect(() => check(picture, rendition('sound', audioTrack('a'), sound))).toThrow(message);
  });

  it('not where a picture begins later than another', () => {
    const other = rendition('other', videoTrack(), [0.04, 6, 12, 18]);
    expect(() => check(picture, other)).toThrow('starts at 0.040 s, and at 0.000 s in r1');
  });
});
