import { describe, expect, it } from 'vitest';
import type { JobSummary } from '../src/api/contract';
import { countsOf, totalCounts, waitingQueues } from './queue-places';

const queue = {
  ...{ name: 'endpoints', perProcess: 2, everywhere: null, waiting: 900, running: 2 },
  oldestWaitingAt: '2026-11-28T10:00:00Z',
};
const job = (id: string, status: JobSummary['status'], name = 'endpoints'): JobSummary => ({
  ...{ id, kind: 'crowd', title: id, status, deadLetter: false, queue: name, parent: null, turn: 0, attempt: 1 },
  ...{ createdAt: '2026-11-28T10:00:00Z', startedAt: null, endedAt: null, updatedAt: '2026-11-28T10:00:00Z' },
  ...{ progress: null, step: null, failure: null },
});
const known = {
  running: [job('a', 'running')],
  waiting: [job('b', 'queued'), job('c', 'queued', 'downloads')],
  cut: { running: false, waiting: new Set<string | null>() },
};
const cut = { ...known, cut: { running: true, waiting: new Set<string | null>(['endpoints']) } };

describe('the jobs of a queue', () => {
  it('are those that are known, which is later than what the server counted', () => {
    expect(countsOf('endpoints', known, queue)).toEqual({ running: 1, waiting: 1 });
    expect(totalCounts(known, [queue])).toEqual({ running: 1, waiting: 2 });
  });

  it('are as many as the server counted where not all are known', () => {
    expect(countsOf('endpoints', cut, queue)).toEqual({ running: 2, waiting: 900 });
    expect(countsOf('endpoints', cut, undefined)).toEqual({ running: 1, waiting: 1 });
    expect(totalCounts(cut, [queue])).toEqual({ running: 2, waiting: 901 });
    expect(waitingQueues({ ...cut, waiting: [] })).toEqual(['endpoints']);
  });
});
