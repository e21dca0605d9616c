import { useCallback, useEffect, useRef, useState } from 'react';
import type { JobPage, JobSummary, Problem } from '../src/api/contract';
import { get, withQuery } from './api';
import { askWhileSeen } from './ask-while-seen';
import { jobBook } from './job-book';
import { jobRates, type JobRates } from './job-rates';
import type { Asking } from './keep-asking';
import type { Answered } from './staleness';
import { useJobEvents, type Connection } from './use-job-events';

export interface CurrentJobs extends Answered {
  /** oldest first */
  readonly running: readonly JobSummary[];
  /** of each queue those that begin next, in that order */
  readonly waiting: readonly JobSummary[];
  /** failed for good, nobody has looked after them yet */
  readonly failed: readonly JobSummary[];
  /** ended while this page was open, newest first */
  readonly ended: readonly JobSummary[];
  readonly cut: Cut;
  readonly loaded: boolean;
  readonly connection: Connection;
  readonly rates: JobRates;
  /** A newer state of a job, as an action answered it. */
  readonly put: (job: JobSummary) => void;
}

/** Where there are more jobs than are known here. */
export interface Cut {
  readonly running: boolean;
  readonly failed: boolean;
  /** queues in which more wait */
  readonly waiting: ReadonlySet<string | null>;
}

interface Lists {
  readonly running: JobPage;
  readonly waiting: Pick<JobPage, 'jobs'>;
  readonly failed: JobPage;
}

/** Rows that are asked for: the API gives no more; those that wait of each queue. */
const most = { running: 500, waiting: 50, failed: 50 } as const;
const shownEnded = 10;
/** milliseconds; events tell what changes, a list also what they did not */
const listEveryMs = 15_000;

/** What is going on now, kept up to date by server-sent events. */
export function useCurrentJobs(): CurrentJobs {
  const [book] = useState(jobBook);
  const [rates] = useState(jobRates);
  const [view, setView] = useState({ jobs: [] as readonly JobSummary[], cut: nothingCut });
  const [state, setState] = useState<{ answeredAt?: number; problem?: Problem }>({});
  const asking = useRef<Asking>(undefined);
  const drawing = useRef<number>(undefined);

  // Many events in one frame are one drawing.
  const draw = useCallback(() => {
    drawing.current ??= requestAnimationFrame(() => {
      drawing.current = undefined;
      setView((before) => ({ ...before, jobs: book.jobs() }));
    });
  }, [book]);
  useEffect(() => () => cancelAnimationFrame(drawing.current ?? 0), []);

  const put = useCallback(
    (job: JobSummary) => {
      book.put(job);
      rates.add(job);
      draw();
    },
    [book, draw, rates],
  );

  useEffect(
    () =>
      askWhileSeen(asking, {
        ...{ ask: askForLists, everyMs: listEveryMs },
        onAsked: book.listsAskedFor,
        onAnswer(lists) {
          book.takeLists([lists.running, lists.waiting, lists.failed].flatMap(({ jobs }) => jobs));
          for (const job of book.jobs()) rates.add(job);
          setView({ jobs: book.jobs(), cut: cutOf(lists) });
          setState({ answeredAt: Date.now() });
        },
        onProblem: (problem) => setState((before) => ({ ...before, problem })),
      }),
    [book, rates],
  );
  const connection = useJobEvents('api/jobs/events', put, () => asking.current?.again());

  const ofStatus = (wanted: (job: JobSummary) => boolean) => view.jobs.filter(wanted);
  return {
    running: ofStatus((job) => job.status === 'running').sort(byCreation),
    waiting: ofStatus((job) => job.status === 'queued').sort(byTurn),
    failed: ofStatus((job) => job.deadLetter).sort((a, b) => byCreation(b, a)),
    ended: ofStatus((job) => job.endedAt !== null && !job.deadLetter && job.parent === null)
      .sort((a, b) => (b.endedAt ?? '').localeCompare(a.endedAt ?? ''))
      .slice(0, shownEnded),
    ...{ cut: view.cut, loaded: state.answeredAt !== undefined, connection, rates, put },
    ...{ answeredAt: state.answeredAt, everyMs: listEveryMs, problem: state.problem },
  };
}

/** Apart: the running ones are the oldest of all that are open, and thousands may wait. */
async function askForLists(signal: AbortSignal): Promise<Lists> {
  const paths = {
    running: withQuery('api/jobs', { parent: 'any', status: 'running', limit: most.running }),
    waiting: withQuery('api/jobs/next', { limit: most.waiting }),
    failed: withQuery('api/jobs', { deadLetter: 'true', limit: most.failed }),
  };
  const [running, waiting, failed] = await Promise.all([
    get<JobPage>(paths.running, signal),
    get<Pick<JobPage, 'jobs'>>(paths.waiting, signal),
    get<JobPage>(paths.failed, signal),
  ]);
  return { running, waiting, failed };
}

const nothingCut: Cut = { running: false, failed: false, waiting: new Set() };

function cutOf({ running, waiting, failed }: Lists): Cut {
  const counts = new Map<string | null, number>();
  for (const { queue } of waiting.jobs) counts.set(queue, (counts.get(queue) ?? 0) + 1);
  const full = [...counts.keys()].filter((queue) => counts.get(queue)! >= most.waiting);
  return { running: running.next !== null, failed: failed.next !== null, waiting: new Set(full) };
}

function byCreation(a: JobSummary, b: JobSummary): number {
  return a.createdAt.localeCompare(b.createdAt);
}

/** As the engine gives places: by urgency and share, then the oldest. */
function byTurn(a: JobSummary, b: JobSummary): number {
  return a.turn - b.turn || byCreation(a, b) || a.id.localeCompare(b.id);
}
