import { useCallback, useEffect, useRef, useState } from 'react';
import type { JobDetail, JobStep, JobSummary } from '../../src/api/contract';
import { formatKind } from '../format';
import { jobRates, type JobRates } from '../job-rates';
import { FailureView } from '../parts/failure-view';
import { JobActions } from '../parts/job-actions';
import { JobProgress } from '../parts/job-progress';
import { JobStatus } from '../parts/job-status';
import { Fact } from '../parts/fact';
import { ProblemView } from '../parts/problem-view';
import { Lasted, Time } from '../parts/time';
import { Link } from '../router';
import { useJobEvents } from '../use-job-events';
import { useResource } from '../use-resource';
import { JobTable } from './jobs';

/** milliseconds: steps are asked for anew when the job changed, not more often than this */
const reloadPause = 500;

/** One job: how it is, its steps, its parts, and how it went before. */
export function JobPage({ id }: { readonly id: string }) {
  const path = `api/jobs/${encodeURIComponent(id)}`;
  const { data, problem, reload } = useResource<JobDetail>(path);
  const [rates] = useState(jobRates);
  const [latest, setLatest] = useState<ReadonlyMap<string, JobSummary>>(new Map());
  const reloadSoon = usePaused(reload, reloadPause);
  const put = useCallback(
    (job: JobSummary) => {
      rates.add(job);
      setLatest((before) => new Map(before).set(job.id, job));
      reloadSoon();
    },
    [rates, reloadSoon],
  );
  useJobEvents(`${path}/events`, put, reload);
  if (!data) {
    return (
      <>
        <h1>Job</h1>
        <ProblemView problem={problem} />
      </>
    );
  }
  // What came last: an event, or the answer that was asked for because of it.
  const newest = <T extends JobSummary>(job: T): T => {
    const seen = latest.get(job.id);
    return seen && seen.updatedAt > job.updatedAt ? { ...job, ...seen } : job;
  };
  const job = newest(data);
  return (
    <>
      <div className="title">
        <h1>{job.title}</h1>
        <JobStatus job={job} />
      </div>
      <ProblemView problem={problem} />
      <dl className="facts">
        <Fact name="Id" value={<code>{job.id}</code>} />
        <Fact name="Kind" value={formatKind(job.kind)} />
        {job.parent !== null && <Fact name="Part of" value={<Link to={['jobs', job.parent]}>{job.parent}</Link>} />}
        {job.queue !== null && <Fact name="Queue" value={job.queue} />}
        <Fact name="Asked for" value={<Time at={job.createdAt} />} />
        {job.startedAt !== null && <Fact name="Lasted" value={<Lasted from={job.startedAt} to={job.endedAt} />} />}
        <Fact name="Attempt" value={String(job.attempt)} />
      </dl>
      <JobProgress job={job} rate={rates.rate(job)} />
      {job.failure && <FailureView failure={job.failure} />}
      <JobActions job={job} onChange={put} />
      <Steps steps={data.steps} />
      <Children jobs={data.children.map(newest)} rates={rates} />
      <EarlierAttempts attempts={data.earlierAttempts} />
      <Raw name="Input" value={data.input} />
      {data.result !== null && <Raw name="Result" value={data.result} />}
    </>
  );
}

/** `act` at once, and once more when it was called again during the pause. */
function usePaused(act: () => void, pause: number): () => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      act();
    }, pause);
  }, [act, pause]);
}

const stepWords: Record<JobStep['status'], string> = {
  running: 'running',
  waiting: 'tries again',
  done: 'done',
  failed: 'failed',
};

function Steps({ steps }: { readonly steps: readonly JobStep[] }) {
  if (steps.length === 0) return null;
  return (
    <section aria-labelledby="steps">
      <h2 id="steps">Steps</h2>
      <ol className="steps">
        {steps.map((step, index) => (
          <li key={`${index} ${step.name}`}>
            <span className={`status ${step.status === 'waiting' ? 'again' : step.status}`}>
              {stepWords[step.status]}
            </span>
            <div>
              {step.child === null ? step.name : <Link to={['jobs', step.child]}>{step.name}</Link>}
              <span className="hint">
                {step.startedAt !== null && (
                  <>
                    <Time at={step.startedAt} />, <Lasted from={step.startedAt} to={step.endedAt} />
                  </>
                )}
                {step.failedAttempts > 0 && ` · ${step.failedAttempts} failed before`}
                {step.nextAttemptAt !== null && (
                  <>
                    {' '}
                    · next attempt at <Time at={step.nextAttemptAt} />
                  </>
                )}
              </span>
              {step.failure && <FailureView failure={step.failure} />}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Children({ jobs, rates }: { readonly jobs: readonly JobSummary[]; readonly rates: JobRates }) {
  if (jobs.length === 0) return null;
  return (
    <section aria-labelledby="parts">
      <h2 id="parts">Parts</h2>
      {jobs
        .filter(({ status, progress }) => status === 'running' && progress)
        .map((job) => (
          <div key={job.id}>
            <Link to={['jobs', job.id]}>{job.title}</Link>
            <JobProgress job={job} rate={rates.rate(job)} />
          </div>
        ))}
      <JobTable jobs={jobs} />
    </section>
  );
}

function EarlierAttempts({ attempts }: { readonly attempts: JobDetail['earlierAttempts'] }) {
  if (attempts.length === 0) return null;
  return (
    <section aria-labelledby="attempts">
      <h2 id="attempts">Earlier attempts</h2>
      <ol className="steps">
        {attempts.map((attempt) => (
          <li key={attempt.attempt} value={attempt.attempt}>
            <span className={`status ${attempt.status}`}>{attempt.status}</span>
            <div>
              <span className="hint">
                <Time at={attempt.endedAt} />
              </span>
              {attempt.failure && <FailureView failure={attempt.failure} />}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Raw({ name, value }: { readonly name: string; readonly value: unknown }) {
  return (
    <details>
      <summary>{name}</summary>
      <pre tabIndex={0}>{JSON.stringify(value, undefined, 2)}</pre>
    </details>
  );
}
