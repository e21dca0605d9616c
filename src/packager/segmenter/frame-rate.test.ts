import { describe, expect, it } from 'vitest';
import { frameRate } from './frame-rate.js';

const of = (frames: number, ticks: number, inMilliseconds = false) => ({
  frames,
  ticks,
  timescale: 90_000,
  inMilliseconds,
});

describe('a frame rate', () => {
  it.each<[string, Parameters<typeof frameRate>, readonly [number, number] | undefined]>([
    ['what the stream says', [of(30, 90_090), [30_000, 1001]], [30_000, 1001]],
    ['what is measured, where the stream says something else', [of(30, 90_090), [30, 1]], [30_000, 1001]],
    ['what is measured alone', [of(50, 90_000), undefined], [50, 1]],
    ['no usual one', [of(37, 90_000), undefined], [37_000, 1000]],
    ['what the stream says where there is nothing to measure', [of(0, 0), [25, 1]], [25, 1]],
    ['what the stream says, where whole milliseconds hide it', [of(2, 67 * 90, true), [30, 1]], [30, 1]],
    ['the nearest usual one, where whole milliseconds hide it', [of(20, 666 * 90, true), undefined], [30, 1]],
    ['what is measured, where milliseconds do not hide it', [of(90, 3003 * 90, true), [30, 1]], [30_000, 1001]],
  ])('is %s', (_, [measured, said], expected) => {
    expect(frameRate(measured, said)).toEqual(expected);
  });
});
