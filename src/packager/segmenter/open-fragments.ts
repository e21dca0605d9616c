import type { IndexedPeriod, TabledSegment } from '../model/asset-index.js';
import { planReads } from '../isobmff/plan-reads.js';
import type { Track } from '../model/track.js';
import { rescale } from '../timing/timescale.js';
import { cutAtSamples } from './cut-movies.js';
import { type FragmentPeriod, segmentOf } from './fragment-period.js';
import { movieModel } from './movie-model.js';
import { type Moment, onTimeLine } from './movie-origin.js';
import type { PeriodReading } from './period-source.js';
import { soundFingerprint } from './sound-fingerprint.js';

export interface FragmentOpening {
  /** The period's time 0, the same for every rendition. */
  readonly origin: Moment;
  /** Sound may be the same in several renditions. */
  readonly alone: boolean;
  readonly rendition: string;
}

/** Puts a period of fragmented MP4 on its time line, cut as the source is. @throws errors of the reader */
export async function openFragments(
  { segments, tracks, boundaries }: FragmentPeriod,
  { origin, alone, rendition }: FragmentOpening,
  reading: Pick<PeriodReading, 'reader' | 'limits' | 'signal'>,
): Promise<IndexedPeriod> {
  const cuts = tracks.map((track, index) => cutAtSamples(onTimeLine(track, origin), boundaries[index] ?? []));
  const models: Track[] = [];
  for (const [index, track] of tracks.entries()) {
    const own = boundaries[index] ?? [];
    const fingerprint = () =>
      alone
        ? Promise.resolve(`${rendition} ${track.id}`)
        : soundFingerprint(track, (sample) => segments[segmentOf(own, sample)]?.range ?? { uri: '' }, reading);
    models.push(await movieModel(track, cuts[index] as (typeof cuts)[0], fingerprint));
  }
  return {
    origin: rescale(origin.ticks, origin.timescale, 90_000),
    tracks: models,
    segments: segments.map(({ range, programDateTime, markers }, at): TabledSegment => {
      const parts = cuts.flatMap(({ parts: of }) => of[at] ?? []);
      const samples = parts.map(({ table }) => table);
      const [source, ...more] = planReads(range, samples);
      return {
        ...{ source, more, samples, tracks: parts.map(({ indexed }) => indexed) },
        ...(programDateTime !== undefined && { programDateTime }),
        ...(markers && { markers }),
      };
    }),
  };
}
