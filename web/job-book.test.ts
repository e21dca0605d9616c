import { describe, expect, it } from 'vitest';
import type { JobSummary } from '../src/api/contract';
import { jobBook } from './job-book';

/** @param second in which the job changed */
function job(id: string, status: JobSummary['status'], second: number, more: Partial<JobSummary> = {}): JobSummary {
  const updatedAt = `2026-11-28T12:00:${String(second).padStart(2, '0')}.000Z`;
  return {
    ...{ id, kind: 'crowd', title: id, status, deadLetter: false, queue: 'endpoints', parent: null, turn: 0 },
    ...{ createdAt: '2026-11-28T12:00:00.000Z', startedAt: null, endedAt: null, updatedAt, attempt: 1 },
    ...{ progress: null, step: null, failure: null, ...more },
  };
}

const statuses = (book: ReturnType<typeof jobBook>) => Object.fromEntries(book.jobs().map((j) => [j.id, j.status]));

describe('the book of jobs', () => {
  it('does not take a job for running that ended while its list was under way', () => {
    const book = jobBook();
    book.put(job('seen', 'running', 1));
    book.listsAskedFor();
    book.put(job('seen', 'done', 5));
    book.put(job('unseen', 'done', 6));
    book.takeLists([job('seen', 'running', 2), job('unseen', 'running', 3), job('other', 'running', 3)]);
    expect(statuses(book)).toEqual({ seen: 'done', unseen: 'done', other: 'running' });
  });

  it('keeps what began while the list was under way, and takes from the list what is newer there', () => {
    const book = jobBook();
    book.listsAskedFor();
    book.put(job('begun', 'running', 5));
    book.put(job('goes on', 'queued', 1));
    book.takeLists([job('goes on', 'running', 4)]);
    expect(statuses(book)).toEqual({ begun: 'running', 'goes on': 'running' });
  });

  it('forgets open jobs that a later list has no more, and keeps ended ones', () => {
    const book = jobBook();
    book.put(job('lost', 'running', 1));
    book.put(job('dismissed', 'failed', 1, { deadLetter: true }));
    book.put(job('ended', 'running', 1));
    book.put(job('ended', 'done', 2));
    book.listsAskedFor();
    book.takeLists([]);
    expect(statuses(book)).toEqual({ ended: 'done' });
  });

  it('is not set back by what is told late, but by a retry', () => {
    const book = jobBook();
    book.put(job('a', 'failed', 9, { deadLetter: true }));
    book.put(job('a', 'running', 8));
    expect(statuses(book)).toEqual({ a: 'failed' });
    book.put(job('a', 'queued', 7, { attempt: 2 }));
    expect(statuses(book)).toEqual({ a: 'queued' });
  });

  it('keeps the last ended jobs, not all', () => {
    const book = jobBook();
    for (let n = 0; n < 1000; n += 1) {
      book.put(job(`j${n}`, 'running', n % 60));
      book.put(job(`j${n}`, 'done', n % 60));
    }
    expect(book.jobs().length).toBeLessThanOrEqual(100);
  });

  it('does not remember for ever what it was told of jobs that it does not show', () => {
    const book = jobBook();
    for (let n = 0; n < 3000; n += 1) book.put(job(`j${n}`, 'done', 9));
    // Where it remembers, the older word does not count.
    book.put(job('j2999', 'running', 8));
    book.put(job('j0', 'running', 8));
    expect(statuses(book)).toEqual({ j0: 'running' });
  });
});
