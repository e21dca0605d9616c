import { describe, expect, it } from 'vitest';
import type { ScheduledClass } from '../domain/schedule.js';
import type { Decision } from './decide-ingest.js';
import { explainSeries } from './explain-series.js';

const algebra: ScheduledClass = {
  ...{ meetingId: '111111111', seriesId: 'algebra', courseCode: 'MATH 101', day: 'M', time: '09:00', title: 'Lecture' },
};
const into = (id: string, courseCode?: string): Decision => ({
  kind: 'ingest',
  series: { id, title: 'Lecture', ...(courseCode !== undefined && { courseCode }) },
});
const nothing: Decision = {
  kind: 'ignore',
  reason: 'No opencast series match',
  outcome: 'unmatched',
  awaitsSchedule: true,
};

describe('the series of a recording', () => {
  it.each([
    ['that of its class', 'webhook', 'algebra', into('algebra', 'MATH 101'), 'class'],
    ['that of its class, also when somebody asked', 'on_demand', 'algebra', into('algebra', 'MATH 101'), 'class'],
    ['one that somebody chose, whatever the schedule says', 'on_demand', 'algebra', nothing, 'asked'],
    ['one that somebody chose in place of that of its class', 'on_demand', 'poetry', into('algebra', 'M'), 'asked'],
    ['the default one, for no class', 'webhook', 'all', into('all'), 'default'],
    ['one that an earlier schedule had', 'sweep', 'old', nothing, 'earlier-schedule'],
    ['one that an earlier schedule had, and now the default', 'webhook', 'old', into('all'), 'earlier-schedule'],
  ] as const)('is %s', (...[, origin, seriesId, decision, because]) => {
    const now = { decision, classes: [algebra], defaultSeriesId: 'all' };
    expect(explainSeries({ origin, seriesId }, now)).toEqual({
      because,
      class: seriesId === 'algebra' ? algebra : undefined,
    });
  });
});
