import type { JobSummary, System } from '../../src/api/contract';
import { AnswerState } from '../parts/answer-state';
import { FailureView } from '../parts/failure-view';
import { HealthLine } from '../parts/health-line';
import { JobActions } from '../parts/job-actions';
import { JobProgress } from '../parts/job-progress';
import { JobStatus } from '../parts/job-status';
import { WaitingQueues } from '../parts/waiting-queues';
import { Lasted, Since, Time } from '../parts/time';
import { totalCounts } from '../queue-places';
import { Link } from '../router';
import { useCurrentJobs, type CurrentJobs } from '../use-current-jobs';
import { useResource } from '../use-resource';

const connectionWords = {
  connecting: 'connecting …',
  live: 'live',
  lost: 'the connection is lost; trying again …',
} as const;

/** What runs, what waits and why, and what failed with the buttons that help. */
export function NowPage() {
  const current = useCurrentJobs();
  const health = useResource<System>('api/system', 10_000);
  const system = health.data;
  const { running, failed, ended, loaded, cut } = current;
  const count = totalCounts(current, system?.queues ?? []);
  return (
    <>
      <div className="title">
        <h1>Now</h1>
        <span className={`live ${current.connection}`} role="status">
          {connectionWords[current.connection]}
        </span>
      </div>
      <HealthLine of={health} link />
      <AnswerState of={current.problem ? current : health} />
      <Failed jobs={failed} current={current} />
      <section aria-labelledby="running">
        <h2 id="running">Running {count.running > 0 && <span className="count">{count.running}</span>}</h2>
        {loaded && count.running === 0 && <p className="none">Nothing runs.</p>}
        <ul className="cards">
          {roots(running).map((job) => (
            <RunningJob key={job.id} job={job} current={current} />
          ))}
        </ul>
      </section>
      <section aria-labelledby="waiting">
        <h2 id="waiting">Waiting {count.waiting > 0 && <span className="count">{count.waiting}</span>}</h2>
        {loaded && count.waiting === 0 && <p className="none">Nothing waits.</p>}
        <WaitingQueues current={current} system={system} />
      </section>
      {ended.length > 0 && (
        <section aria-labelledby="ended">
          <h2 id="ended">Just ended</h2>
          <ul className="rows">
            {ended.map((job) => (
              <li key={job.id}>
                <JobTitle job={job} />
                <span className="hint">
                  <JobStatus job={job} /> {job.endedAt && <Time at={job.endedAt} />}, after{' '}
                  <Lasted from={job.startedAt} to={job.endedAt} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {(cut.running || cut.failed) && (
        <p className="hint">
          More than this is going on: <Link to={['jobs']}>all jobs</Link>.
        </p>
      )}
    </>
  );
}

function Failed({ jobs, current }: { readonly jobs: readonly JobSummary[]; readonly current: CurrentJobs }) {
  if (jobs.length === 0) return null;
  return (
    <section aria-labelledby="failed">
      <h2 id="failed">
        Failed, waiting for you <span className="count bad">{jobs.length}</span>
      </h2>
      <ul className="cards">
        {jobs.map((job) => (
          <li key={job.id} className="card bad" data-job={job.id}>
            <div className="head">
              <JobTitle job={job} />
              <span className="hint">{job.endedAt && <Time at={job.endedAt} />}</span>
            </div>
            {job.failure && <FailureView failure={job.failure} />}
            <JobActions job={job} onChange={current.put} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function RunningJob({ job, current }: { readonly job: JobSummary; readonly current: CurrentJobs }) {
  const parts = current.running.filter(({ parent }) => parent === job.id);
  return (
    <li className="card" data-job={job.id}>
      <div className="head">
        <JobTitle job={job} />
        <span className="hint">
          <JobStatus job={job} /> for <Since at={job.startedAt ?? job.createdAt} />
        </span>
      </div>
      <JobProgress job={job} rate={current.rates.rate(job)} />
      {/* What waits for its parts has nothing of its own to tell. */}
      {job.step && parts.length === 0 && <StepLine step={job.step} />}
      {parts.length > 0 && (
        <ul className="cards">
          {parts.map((part) => (
            <RunningJob key={part.id} job={part} current={current} />
          ))}
        </ul>
      )}
      {job.parent === null && <JobActions job={job} onChange={current.put} />}
    </li>
  );
}

function StepLine({
  step: { name, failedAttempts, nextAttemptAt },
}: {
  readonly step: NonNullable<JobSummary['step']>;
}) {
  return (
    <p className="hint">
      Step “{name}”{failedAttempts > 0 && `, ${failedAttempts} ${failedAttempts === 1 ? 'attempt' : 'attempts'} failed`}
      {nextAttemptAt !== null && (
        <>
          , next attempt at <Time at={nextAttemptAt} />
        </>
      )}
    </p>
  );
}

function JobTitle({ job: { id, title } }: { readonly job: JobSummary }) {
  return <Link to={['jobs', id]}>{title}</Link>;
}

/** Jobs that are not shown below another one. */
function roots(jobs: readonly JobSummary[]): readonly JobSummary[] {
  const ids = new Set(jobs.map(({ id }) => id));
  return jobs.filter(({ parent }) => parent === null || !ids.has(parent));
}
