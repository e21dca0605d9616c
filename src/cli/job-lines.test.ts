import { expect, it } from 'vitest';
import { type JobDetail, type JobSummary, mostChildren } from '../workflow/job-view.js';
import { jobDetailLines } from './job-lines.js';

const part = (id: string): JobSummary => ({
  ...{
    id,
    kind: 'k',
    title: 't',
    status: 'queued',
    deadLetter: false,
    queue: null,
    parent: 'all',
    turn: 0,
    attempt: 1,
  },
  ...{ createdAt: '2026-11-22T10:00:00.000Z', startedAt: null, endedAt: null, updatedAt: '2026-11-22T10:00:00.000Z' },
  ...{ progress: null, step: null, failure: null },
});
const withParts = (count: number): JobDetail => ({
  ...part('all'),
  ...{ input: {}, result: null, steps: [], earlierAttempts: [] },
  children: Array.from({ length: count }, (_, index) => part(`part-${index}`)),
});

it('says where the parts that it shows may not be all', () => {
  const more = /There may be more: these are the newest 500\./;
  expect(jobDetailLines(withParts(mostChildren)).join('\n')).toMatch(more);
  expect(jobDetailLines(withParts(mostChildren - 1)).join('\n')).not.toMatch(more);
});
