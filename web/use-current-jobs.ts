import { useCallback, useEffect, useRef, useState } from 'react';
import type { JobPage, JobSummary, Problem } from '../src/api/contract';
import { get, toProblem, withQuery } from './api';
import { rateMeter, type RateMeter } from './progress-rate';
import { useJobEvents, type Connection } from './use-job-events';

export interface CurrentJobs {
  readonly running: readonly JobSummary[];
  readonly waiting: readonly JobSummary[];
  /** failed for good, nobody has looked after them yet */
  readonly failed: readonly JobSummary[];
  /** ended while this page was open, newest first */
  readonly ended: readonly JobSummary[];
  /** There are more than are shown. */
  readonly more: boolean;
  readonly loaded: boolean;
  readonly connection: Connection;
  readonly problem: Problem | undefined;
  readonly rates: RateMeter;
  /** A newer state of a job, as an action answered it. */
  readonly put: (job: JobSummary) => void;
}

const shownJobs = 200;
const shownFailures = 50;
const shownEnded = 10;

/** What is going on now, kept up to date by server-sent events. */
export function useCurrentJobs(): CurrentJobs {
  const jobs = useRef(new Map<string, JobSummary>());
  const [rates] = useState(rateMeter);
  const [view, setView] = useState({ jobs: [] as readonly JobSummary[], more: false, loaded: false });
  const [problem, setProblem] = useState<Problem>();
  const drawing = useRef<number>(undefined);

  // Many events in one frame are one drawing.
  const draw = useCallback(() => {
    drawing.current ??= requestAnimationFrame(() => {
      drawing.current = undefined;
      setView((before) => ({ ...before, jobs: [...jobs.current.values()] }));
    });
  }, []);
  useEffect(() => () => cancelAnimationFrame(drawing.current ?? 0), []);

  const put = useCallback(
    (job: JobSummary) => {
      const known = jobs.current.get(job.id);
      // Ended ones are of interest when they were seen to run, or wait for somebody.
      if (!known && !isOpen(job)) return;
      jobs.current.set(job.id, job);
      rates.add(job);
      forgetEnded(jobs.current);
      draw();
    },
    [draw, rates],
  );

  const load = useCallback(() => {
    const current = withQuery('api/jobs', { parent: 'any', status: ['running', 'queued'], limit: shownJobs });
    const failed = withQuery('api/jobs', { deadLetter: 'true', limit: shownFailures });
    Promise.all([get<JobPage>(current), get<JobPage>(failed)]).then(
      (pages) => {
        const ended = [...jobs.current.values()].filter((job) => job.status === 'done' || job.status === 'cancelled');
        jobs.current = new Map([...ended, ...pages.flatMap((page) => page.jobs)].map((job) => [job.id, job]));
        for (const job of jobs.current.values()) rates.add(job);
        setView({ jobs: [...jobs.current.values()], more: pages.some(({ next }) => next !== null), loaded: true });
        setProblem(undefined);
      },
      (error: unknown) => setProblem(toProblem(error)),
    );
  }, [rates]);

  const connection = useJobEvents('api/jobs/events', put, load);
  const ofStatus = (wanted: (job: JobSummary) => boolean) => view.jobs.filter(wanted);
  return {
    running: ofStatus((job) => job.status === 'running').sort(byCreation),
    waiting: ofStatus((job) => job.status === 'queued').sort(byCreation),
    failed: ofStatus((job) => job.deadLetter).sort((a, b) => byCreation(b, a)),
    ended: ofStatus((job) => job.endedAt !== null && !job.deadLetter && job.parent === null)
      .sort((a, b) => (b.endedAt ?? '').localeCompare(a.endedAt ?? ''))
      .slice(0, shownEnded),
    ...{ more: view.more, loaded: view.loaded, connection, problem, rates, put },
  };
}

function isOpen({ status, deadLetter }: JobSummary): boolean {
  return status === 'running' || status === 'queued' || deadLetter;
}

function byCreation(a: JobSummary, b: JobSummary): number {
  return a.createdAt.localeCompare(b.createdAt);
}

/** A page that is open for weeks keeps the last ended jobs, not all. */
function forgetEnded(jobs: Map<string, JobSummary>): void {
  const ended = [...jobs.values()].filter((job) => !isOpen(job));
  if (ended.length <= 10 * shownEnded) return;
  ended.sort((a, b) => a.updatedAt.localeCompare(b.updatedAt));
  for (const { id } of ended.slice(0, ended.length - 5 * shownEnded)) jobs.delete(id);
}
