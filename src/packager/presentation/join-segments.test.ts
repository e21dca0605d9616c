import { describe, expect, it } from 'vitest';
import { syntheticIndex, videoTrack } from '../../../test/support/synthetic-index.js';
import { segmentReads, type TabledSegment } from '../model/asset-index.js';
import { planReads } from '../isobmff/plan-reads.js';
import { joinSegments } from './join-segments.js';
import { maximumTaskBytes } from './task-limit.js';

const MiB = 1024 * 1024;

/** Of 1 s each, every one at its offset, of `length` bytes. */
function rendition(uri: string, count: number, length: number, stride = length) {
  const segments = Array.from({ length: count }, (_, at): TabledSegment => {
    const samples = [
      {
        sizes: Uint32Array.of(length),
        durations: Uint32Array.of(90_000),
        runs: Float64Array.of(at * stride, length),
      },
    ];
    const [source, ...more] = planReads({ uri }, samples);
    const track = { start: at * 90_000, end: (at + 1) * 90_000, sap: 1 as const, skip: 0, carry: 0 };
    return { source, more, samples, tracks: [track] };
  });
  return { uri, periods: [{ origin: 0, tracks: [videoTrack()], segments }] };
}

const joined = (duration: number, ...renditions: ReturnType<typeof rendition>[]) =>
  joinSegments({ ...syntheticIndex(...renditions), uncut: true }, duration).renditions.map(({ periods: [only] }) =>
    only!.segments.map((segment) => ({
      seconds: (segment.tracks[0]!.end - segment.tracks[0]!.start) / 90_000,
      bytes: segmentReads(segment).reduce((sum, { length = 0 }) => sum + length, 0),
    })),
  );

describe('joined segments', () => {
  it('are as long as wanted while one task may hold them', () => {
    expect(joined(60, rendition('a.mp4', 120, MiB))[0]!.map(({ seconds }) => seconds)).toEqual([60, 60]);
  });

  it('are the longer ones where two durations are equally near, wherever their track begins', () => {
    const source = rendition('a.mp4', 40, 1024);
    source.periods[0]!.segments = source.periods[0]!.segments.map(({ tracks, ...segment }) => ({
      ...segment,
      tracks: tracks.map((track) => ({ ...track, start: track.start + 2090, end: track.end + 2090 })),
    }));
    expect(joined(3.5, source)[0]!.map(({ seconds }) => seconds)).toEqual(Array<number>(10).fill(4));
  });

  it('are as regular as cuts that follow a clock: every 4 s, or with the next frame of 29.97 a second', () => {
    const source = rendition('a.mp4', 30, 1024);
    const frame = (second: number) => Math.ceil((second * 30_000) / 1001) * 3003;
    source.periods[0]!.segments = source.periods[0]!.segments.map(({ tracks: [track], ...segment }, at) => ({
      ...segment,
      tracks: [{ ...track!, start: frame(at * 4), end: frame((at + 1) * 4) }],
    }));
    expect(joined(6, source)[0]!.map(({ seconds }) => Math.round(seconds))).toEqual(Array<number>(15).fill(8));
  });

  it('stop where a task would hold too much of any rendition, at the same places in all', () => {
    const [small, large] = joined(3600, rendition('small.mp4', 600, MiB / 4), rendition('large.mp4', 600, MiB));
    expect(large!.map(({ seconds }) => seconds)).toEqual(small!.map(({ seconds }) => seconds));
    expect(large!.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(600);
    expect(large!.length).toBeLessThan(6);
    for (const { bytes } of large!) expect(bytes).toBeLessThanOrEqual(maximumTaskBytes);
  });

  it('count what is read between their samples, too', () => {
    // 1 KiB of samples every 10 MiB: 24 reads hold few of them, one read of all would hold what is between.
    const [segments] = joined(3600, rendition('sparse.mp4', 100, 1024, 10 * MiB));
    expect(segments!.length).toBeGreaterThan(1);
    for (const { bytes } of segments!) expect(bytes).toBeLessThanOrEqual(maximumTaskBytes);
  });

  it('stay as they are where they cannot be cut', () => {
    expect(joined(6, rendition('a.mp4', 3, 300 * MiB))[0]!.map(({ seconds }) => seconds)).toEqual([1, 1, 1]);
  });
});
