import type { JobSummary, System } from '../../src/api/contract';
import { whyWaiting, workersOf } from '../../src/view/why-waiting';
import { countsOf, queueOf, waitingQueues } from '../queue-places';
import type { CurrentJobs } from '../use-current-jobs';
import { Link } from '../router';
import { JobActions } from './job-actions';
import { Since } from './time';

type Queue = System['queues'][number];

/** Jobs of one queue that are shown; how many more there are is said. */
const shown = 20;

/** What waits, by the queue that it waits in: which jobs hold its places, and what comes after them. */
export function WaitingQueues({ current, system }: { current: CurrentJobs; system: System | undefined }) {
  return (
    <div className="cards">
      {waitingQueues(current).map((name) => (
        <WaitingQueue
          key={name ?? ''}
          {...{ name, current, workers: system ? workersOf(system, true) : 1 }}
          queue={queueOf(name, system?.queues)}
        />
      ))}
    </div>
  );
}

interface WaitingQueueProps {
  readonly name: string | null;
  /** undefined: not known, or none */
  readonly queue: Queue | undefined;
  readonly workers: number;
  readonly current: CurrentJobs;
}

function WaitingQueue({ name, queue, workers, current }: WaitingQueueProps) {
  const ofQueue = (job: JobSummary) => job.queue === name;
  const waiting = current.waiting.filter(ofQueue);
  const holders = current.running.filter(ofQueue);
  const count = countsOf(name, current, queue);
  const more = count.waiting - Math.min(shown, waiting.length);
  const moreHolders = count.running - Math.min(shown, holders.length);
  return (
    <section className="card" aria-label={`Queue ${name ?? 'without a name'}`} data-queue={name}>
      <div className="head">
        <h3>{name ?? 'Without a queue'}</h3>
        <span className="hint">
          {count.running} running · {count.waiting} waiting
        </span>
      </div>
      <p>{queue ? whyWaiting(queue, count.running, workers) : 'It waits for its turn.'}</p>
      {holders.length > 0 && (
        <p className="holders">
          <span className="hint">Places are held by </span>
          {holders.slice(0, shown).map(({ id, title }, index) => (
            <span key={id}>
              {index > 0 && ', '}
              <Link to={['jobs', id]}>{title}</Link>
            </span>
          ))}
          {moreHolders > 0 && ` and ${moreHolders} more`}
        </p>
      )}
      <ol className="rows">
        {waiting.slice(0, shown).map((job) => (
          <li key={job.id} data-job={job.id}>
            <Link to={['jobs', job.id]}>{job.title}</Link>
            <span className="hint">
              since <Since at={job.createdAt} />
            </span>
            <JobActions job={job} onChange={current.put} />
          </li>
        ))}
      </ol>
      {more > 0 && (
        <p className="hint">
          {more} more wait behind: <a href="#/jobs?status=queued&parts=yes">all that wait</a>.
        </p>
      )}
    </section>
  );
}
