import type { JobSummary, System } from '../../src/api/contract';
import type { CurrentJobs } from '../use-current-jobs';
import { Link } from '../router';
import { JobActions } from './job-actions';
import { Since } from './time';

type Queue = System['queues'][number];

/** Jobs of one queue that are shown; how many more there are is said. */
const shown = 20;

/** What waits, by the queue that it waits in: which jobs hold its places, and what comes after them. */
export function WaitingQueues({ current, system }: { current: CurrentJobs; system: System | undefined }) {
  const names = [...new Set(current.waiting.map(({ queue }) => queue))];
  return (
    <div className="cards">
      {names.map((name) => (
        <WaitingQueue
          key={name ?? ''}
          {...{ name, current, workers: Math.max(1, system?.workers.length ?? 1) }}
          queue={system?.queues.find((queue) => queue.name === name)}
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
  const more = Math.max(waiting.length, queue?.waiting ?? 0) - Math.min(shown, waiting.length);
  return (
    <section className="card" aria-label={`Queue ${name ?? 'without a name'}`} data-queue={name}>
      <div className="head">
        <h3>{name ?? 'Without a queue'}</h3>
        <span className="hint">
          {holders.length} running · {waiting.length} waiting
        </span>
      </div>
      <p>{queue ? whyWaiting(queue, holders.length, workers) : 'It waits for its turn.'}</p>
      {holders.length > 0 && (
        <p className="holders">
          <span className="hint">Places are held by </span>
          {holders.slice(0, shown).map(({ id, title }, index) => (
            <span key={id}>
              {index > 0 && ', '}
              <Link to={['jobs', id]}>{title}</Link>
            </span>
          ))}
          {holders.length > shown && ` and ${holders.length - shown} more`}
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

/** Whether all places are taken, of which kind, and how many there are. */
function whyWaiting({ perProcess, everywhere }: Queue, held: number, workers: number): string {
  const places = (count: number) => (count === 1 ? 'The only place' : `All ${count} places`);
  const taken = (count: number) => (count === 1 ? 'is taken' : 'are taken');
  if (everywhere !== null && held >= everywhere)
    return `${places(everywhere)} of all machines together ${taken(everywhere)}; the next begins when one of them ends.`;
  if (held >= perProcess * workers)
    return workers === 1
      ? `${places(perProcess)} ${taken(perProcess)}; the next begins when one of them ends.`
      : `All ${perProcess * workers} places (${perProcess} on each of ${workers} workers) are taken; the next begins when one of them ends.`;
  return `${held} of ${perProcess * workers} places are taken: the next begins in a moment.`;
}
