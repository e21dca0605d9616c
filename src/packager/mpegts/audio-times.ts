import type { AudioTrack } from '../model/track.js';
import { rescale } from '../timing/timescale.js';
import type { UnitTime } from './mark-times.js';

export interface AudioStart {
  /** 90 kHz ticks of the period's time 0. */
  readonly origin: number;
  /** Time of the first frame, in ticks of the track. */
  readonly start: number;
}

/**
 * Times of audio frames in ticks of the track. Frames follow each other without a gap, `frameLength` ticks each, as long as their PES
 * time stamps agree within the track's jitter; where they do not, there is a gap or drift in the source, and time goes on from there.
 */
export function frameTimes(
  stamps: readonly (UnitTime | undefined)[],
  track: AudioTrack,
  { origin, start }: AudioStart,
): number[] {
  let due = start;
  return stamps.map((stamp) => {
    const time = stamp === undefined ? due : snapToGrid(stamp.pts - origin, due, track);
    due = time + track.configuration.frameLength;
    return time;
  });
}

/**
 * The time of a frame that is due at `due`: that, if the time stamp agrees, else what the time stamp says.
 * @param ticks 90 kHz, on the period's time line
 */
export function snapToGrid(
  ticks: number,
  due: number,
  { timescale, jitter }: Pick<AudioTrack, 'timescale' | 'jitter'>,
): number {
  const deviation = ticks - (due * 90_000) / timescale;
  return Math.abs(deviation) <= jitter ? due : rescale(ticks, 90_000, timescale);
}
