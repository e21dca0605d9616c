import type { UncutTrack } from './cut-movies.js';
import type { MediaTrack } from './movie-track.js';

/** A time on a time line whose ticks need not be those of another. */
export interface Moment {
  readonly ticks: number;
  readonly timescale: number;
}

/** The earliest presentation time of any sample: the period's 0, if nothing else is earlier. */
export function earliest(tracks: readonly MediaTrack[]): Moment {
  const firsts = tracks.map(({ columns, first, end, start, timescale }): Moment => {
    let least = Infinity;
    let time = start;
    for (let sample = first; sample < end; sample += 1) {
      least = Math.min(least, time + (columns.compositionOffsets[sample] as number));
      time += columns.durations[sample] as number;
    }
    return { ticks: least, timescale };
  });
  return firsts.reduce((least, moment) =>
    moment.ticks / moment.timescale < least.ticks / least.timescale ? moment : least,
  );
}

/** The track on the time line that begins at the origin. */
export function onTimeLine(track: MediaTrack, origin: Moment): UncutTrack {
  const { kind, id, timescale, columns, first, end, nalLengthSize, inBandSets } = track;
  // Exact in the track that sets the origin, to half a tick in the others.
  const shift =
    origin.timescale === timescale ? origin.ticks : Math.round((origin.ticks * timescale) / origin.timescale);
  const delay = columns.compositionOffsets[first] as number;
  return {
    ...{ kind, id, timescale, columns, first, end, delay },
    start: track.start - shift + delay,
    ...(nalLengthSize !== undefined && nalLengthSize !== 4 && { nalLengthSize }),
    ...(inBandSets && { inBandSets }),
  };
}
