import type { ScheduledClass } from '../domain/schedule.js';
import type { IngestOrigin } from '../domain/work-request.js';
import type { Decision } from './decide-ingest.js';

/** Why a recording was taken for a series. */
export const seriesReasons = ['class', 'asked', 'default', 'earlier-schedule'] as const;
export type SeriesReason = (typeof seriesReasons)[number];

export interface SeriesExplanation {
  readonly because: SeriesReason;
  /** a class of the series, as the schedule is now */
  readonly class: ScheduledClass | undefined;
}

interface Now {
  /** What would be decided now. */
  readonly decision: Decision;
  readonly classes: readonly ScheduledClass[];
  readonly defaultSeriesId: string | undefined;
}

/** Says why an ingest has its series, by what is known later: the schedule may have changed, and what a person asked for is not in it. */
export function explainSeries(
  { origin, seriesId }: { readonly origin: IngestOrigin; readonly seriesId: string },
  { decision, classes, defaultSeriesId }: Now,
): SeriesExplanation {
  const isOfClass =
    decision.kind === 'ingest' && decision.series.id === seriesId && decision.series.courseCode !== undefined;
  return {
    because: isOfClass
      ? 'class'
      : origin === 'on_demand'
        ? 'asked'
        : seriesId === defaultSeriesId
          ? 'default'
          : 'earlier-schedule',
    class: classes.find((each) => each.seriesId === seriesId),
  };
}
