import { useId, useState, type FormEvent } from 'react';
import type { JobDetail, Submitted } from '../../src/api/contract';
import { today as todayIn } from '../../src/view/schedule-week';
import { send } from '../api';
import { timeZone } from '../format';
import { go } from '../router';
import { useAction, useResource } from '../use-resource';
import { FailureView } from './failure-view';
import { FoundRecordings, type Found } from './found-recordings';
import { ProblemView } from './problem-view';

/** What the job of a look says when it is done (workflow/reconcile-zoom). */
interface Report {
  readonly listed: number;
  readonly known: number;
  readonly processing: number;
  readonly found: readonly Found[];
}

/** The recordings that an account has of some days: looked for first and chosen one by one, or all that were missed at once. */
export function SomeDays() {
  const today = todayIn(timeZone, Date.now());
  const [from, setFrom] = useState(today);
  const [to, setTo] = useState(today);
  const [look, setLook] = useState<string>();
  const id = useId();
  const ask = (dryRun: boolean) => send<Submitted>('POST', 'api/recordings/backfill', { from, to, dryRun });
  const looking = useAction(async () => {
    setLook(undefined);
    setLook((await ask(true)).job);
  });
  const taking = useAction(async () => {
    go('jobs', (await ask(false)).job);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    looking.run();
  };
  return (
    <section className="card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Those of some days</h2>
      <p>Looks through the recordings of the account in Zoom for those that nobody announced.</p>
      <form onSubmit={submit} className="filter">
        <div>
          <label htmlFor={`${id}-from`}>From</label>
          <input
            id={`${id}-from`}
            type="date"
            required
            value={from}
            onChange={(event) => setFrom(event.target.value)}
          />
        </div>
        <div>
          <label htmlFor={`${id}-to`}>To</label>
          <input id={`${id}-to`} type="date" required value={to} onChange={(event) => setTo(event.target.value)} />
        </div>
        <div className="actions">
          <button type="submit" className="main" disabled={looking.busy}>
            Look for them
          </button>
          <button type="button" disabled={taking.busy} onClick={taking.run}>
            Take all that have a class
          </button>
        </div>
      </form>
      <ProblemView problem={looking.problem ?? taking.problem} />
      {look !== undefined && <Look key={look} job={look} />}
    </section>
  );
}

/** milliseconds between two questions how far the look is */
const askAgain = 1000;

function Look({ job }: { readonly job: string }) {
  const [ended, setEnded] = useState(false);
  const { data, problem } = useResource<JobDetail>(`api/jobs/${encodeURIComponent(job)}`, ended ? undefined : askAgain);
  if (data && data.endedAt !== null && !ended) setEnded(true);
  if (problem) return <ProblemView problem={problem} />;
  if (data?.failure) return <FailureView failure={data.failure} />;
  const report = data?.status === 'done' ? (data.result as Report) : undefined;
  if (!report)
    return <p role="status">Zoom is being asked …{data?.progress && ` ${data.progress.done} recordings so far`}</p>;
  const { listed, known, processing, found } = report;
  return (
    <div data-look>
      <p role="status">
        Zoom has {listed}: {known} are known here, {processing} are not ready yet,{' '}
        <strong>{found.length} are new</strong>.
      </p>
      {found.length > 0 && <FoundRecordings found={found} />}
    </div>
  );
}
