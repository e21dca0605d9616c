import { describe, expect, it } from 'vitest';
import { lengthPrefixed } from '../../../test/support/h264-writer.js';
import { memorySource } from '../../../test/support/memory-source.js';
import { elst, type MadeTrack, writeMp4 } from '../../../test/support/mp4-writer.js';
import {
  audioTrack,
  dolbyTrack,
  regularCuts,
  rendition,
  syntheticIndex,
  videoTrack,
} from '../../../test/support/synthetic-index.js';
import type { AudioTrack } from '../model/track.js';
import { indexSource } from '../segmenter/asset-index.js';
import { packageSegment } from './package-segment.js';
import { planPresentation } from './plan-presentation.js';
import { withSilence } from './silence.js';

const HlsManifests = [{ ManifestName: 'i' }];
const part = (start: number, end: number) => ({ start, end, sap: 1 as const, skip: 0, carry: 0 });

/** Three segments of 4 s; sound from a time on, ticks of 48 kHz. */
function late(sound: AudioTrack, start: number) {
  return threeSegments(sound, start, 576_000);
}

/** The same, with sound until a time. */
function early(sound: AudioTrack, end: number) {
  return threeSegments(sound, 0, end);
}

function threeSegments(sound: AudioTrack, start: number, end: number) {
  const firstOf = (at: number) => Math.min(Math.max(start, at * 192_000), end);
  const segments = [0, 1, 2].map((at) => [
    at,
    { tracks: [part(at * 360_000, (at + 1) * 360_000), part(firstOf(at), firstOf(at + 1))] },
  ]);
  const tracks = [videoTrack(), sound];
  return syntheticIndex(
    rendition({
      uri: 'v',
      tracks,
      cuts: [regularCuts(3, 4)],
      segments: Object.fromEntries(segments) as Record<number, object>,
    }),
  );
}

describe('sound that begins late or ends early', () => {
  it('has silence before it in whole frames, each in the segment in which it begins', () => {
    const start = 288_000 + 500;
    const [, sound, , after] = parts(withSilence(late(audioTrack('a'), start)));
    // 281 frames; segments end at 192 000 and 384 000.
    expect(sound).toMatchObject({ start: 0, end: 192_512, silence: { frames: 188, end: 192_512 } });
    expect(after).toMatchObject({ start: 192_512, end: 384_000, silence: { frames: 93, end: start } });
    const plan = planPresentation(late(audioTrack('a'), start), { Id: 'a', CmafPackage: { HlsManifests } });
    expect(plan.notes).toEqual(['5.99 s of silence are added to the sound of r1, which begins late or ends early.']);
    const { periods } = plan.tracks[1]!;
    expect(periods[0]!.segments.map(({ number, start }) => [number, start])).toEqual([
      [1, 0],
      [2, 192_512],
      [3, 384_000],
    ]);
  });

  it.each([
    ['no later than players bridge', audioTrack('a'), 4800],
    ['in a codec of which no silence is known', dolbyTrack('a'), 288_000],
  ])('is as it is: %s', (_, sound, start) => {
    const index = late(sound, start);
    expect(withSilence(index)).toEqual(index);
  });

  it('has silence in the segments after those in which it ends', () => {
    const [, , , second, , third] = parts(withSilence(early(audioTrack('a'), 288_000)));
    // The last frame of the source lasts until the first whole frame in the segment after it.
    expect(second).toMatchObject({ start: 192_000, end: 384_256 });
    expect(second).not.toHaveProperty('silence');
    expect(third).toMatchObject({ start: 384_256, end: 576_768, silence: { frames: 188, end: 576_768 } });
    const index = early(dolbyTrack('a'), 288_000);
    expect(withSilence(index)).toEqual(index);
  });

  const parts = (index: ReturnType<typeof late>) =>
    index.renditions[0]!.periods[0]!.segments.flatMap(({ tracks }) => tracks);
});

it('writes the silence into segments, and the sound behind it when it was', async () => {
  const picture = lengthPrefixed([Uint8Array.of(0x65, 0x88, 0x84, 1)]);
  const video: MadeTrack = {
    ...{ id: 1, kind: 'video', timescale: 12_800 },
    samples: Array.from({ length: 100 }, (_, at) => ({ data: picture, duration: 512, sync: at % 50 === 0 })),
  };
  const sound: MadeTrack = {
    ...{ id: 2, kind: 'audio', timescale: 48_000 },
    samples: Array.from({ length: 47 }, () => ({ data: Uint8Array.of(0x21, 7, 7), duration: 1024 })),
    edits: elst(0, [3000, -1], [1002, 0]),
  };
  const source = memorySource({ 'a.mp4': writeMp4([video, sound]) });
  const plan = planPresentation(await indexSource(source, 'a.mp4'), {
    ...{ Id: 'a', CmafPackage: { HlsManifests, SegmentDurationSeconds: 2 } },
  });
  const written: string[] = [];
  for (const task of plan.tasks) {
    const outputs = packageSegment(task, await Promise.all(task.reads.map((read) => source.read(read))));
    for (const { name, data } of outputs)
      if (name.startsWith('audio'))
        written.push(
          Buffer.concat(data)
            .toString('hex')
            .replace(/.*6d646174/, ''),
        );
  }
  const silent = '21000000001c';
  const count = (text: string, of: string) => text.split(of).length - 1;
  expect(written.map((text) => [count(text, silent), count(text, '210707')])).toEqual([
    [94, 0],
    [46, 47],
  ]);
});
