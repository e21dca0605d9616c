import { describe, expect, it } from 'vitest';
import type { RecordingDetail } from '../api/contract.js';
import { nowWords, takenWords } from './series-words.js';

type Ingest = RecordingDetail['ingests'][number];
type Taken = RecordingDetail['taken'][number];

const ingest = (trackingId: string, status: Ingest['status'], seriesId: string): Ingest => ({
  ...{ trackingId, origin: 'on_demand', status, reason: null, seriesId, job: null, requestedAt: null },
  updatedAt: '2026-11-28T12:00:00Z',
});
const taken = (trackingId: string, seriesId: string, because: Taken['because'] = 'asked'): Taken => ({
  ...{ trackingId, seriesId, because, courseCode: null, title: null },
});
const noMatch = { seriesId: null, title: null, reason: 'No opencast series match' };

describe('what is said of the series of a recording', () => {
  it.each([
    ['OPENCAST_SUCCEEDED', 'It went into series'],
    ['OC_SERIES_FOUND', 'It goes into series'],
    ['UPLOADER_FAILED', 'It was to go into series'],
    ['IGNORED', 'It was meant for series'],
  ] as const)('with the status %s begins with: %s', (status, begin) => {
    const recording = { ingests: [ingest('a', status, 'one')], taken: [taken('a', 'one')] };
    expect(takenWords(recording)).toMatchObject([{ begin, seriesId: 'one', because: 'somebody asked for it' }]);
  });

  it('is told once of each series, with its course where the schedule has it', () => {
    const ingests = [
      ingest('a', 'UPLOADER_FAILED', 'one'),
      ingest('b', 'OPENCAST_SUCCEEDED', 'one'),
      ingest('c', 'OPENCAST_SUCCEEDED', 'two'),
    ];
    const two = { ...taken('c', 'two', 'class'), courseCode: 'MATH 55', title: 'Lecture' };
    expect(takenWords({ ingests, taken: [taken('a', 'one'), taken('b', 'one'), two] })).toMatchObject([
      { seriesId: 'one', begin: 'It went into series', course: '' },
      { seriesId: 'two', course: 'MATH 55 Lecture', because: 'it is that of its class' },
    ]);
  });

  it('has what would be decided now behind it, where that is something else', () => {
    expect(nowWords({ match: noMatch, taken: [taken('a', 'one')] })).toBe(
      'By itself it would not be ingested now: the schedule has no class of this meeting at that time.',
    );
    const match = { seriesId: 'two', title: 'Lecture', reason: null };
    expect(nowWords({ match, taken: [taken('a', 'one')] })).toBe(
      'As the schedule is now, it would go into series two.',
    );
    expect(nowWords({ match, taken: [taken('a', 'two')] })).toBeUndefined();
  });
});
