import { useId, useState, type FormEvent } from 'react';
import type { OrderedIngestView, Submitted } from '../../src/api/contract';
import { send } from '../api';
import { timeZone } from '../format';
import { ProblemView } from '../parts/problem-view';
import { useMay } from '../role';
import { go, usePlace } from '../router';
import { useAction } from '../use-resource';
import { dateOf, wallTime } from '../week';

/** Brings recordings in that Zoom did not announce, or once more: one by its link, or those of some days. */
export function IngestPage() {
  const { query } = usePlace();
  const mayAct = useMay('operator');
  return (
    <>
      <h1>Ingest from Zoom</h1>
      {mayAct ? (
        <div className="beside">
          <OneRecording given={query.get('uuid') ?? ''} />
          <SomeDays />
        </div>
      ) : (
        <p>This needs the token of an operator.</p>
      )}
    </>
  );
}

function OneRecording({ given }: { readonly given: string }) {
  const [link, setLink] = useState(given);
  const [seriesId, setSeriesId] = useState('');
  const [workflow, setWorkflow] = useState('');
  const [allowMultiple, setAllowMultiple] = useState(false);
  const [allMp4, setAllMp4] = useState(false);
  const [said, setSaid] = useState<string>();
  const id = useId();
  const action = useAction(async () => {
    setSaid(undefined);
    const wish = {
      ...{ uuid: link.trim(), allowMultiple, allMp4 },
      ...(seriesId.trim() !== '' && { seriesId: seriesId.trim() }),
      ...(workflow.trim() !== '' && { workflow: workflow.trim() }),
    };
    const { job, reason } = await send<OrderedIngestView>('POST', 'api/recordings/ingest', wish);
    if (job === null) setSaid(reason ?? 'Nothing is to be done.');
    else go('jobs', job);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    action.run();
  };
  return (
    <section className="card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>One recording</h2>
      <form onSubmit={submit} className="fields">
        <div>
          <label htmlFor={`${id}-link`}>Link from Zoom</label>
          <input
            id={`${id}-link`}
            required
            value={link}
            placeholder="https://zoom.us/recording/detail?meeting_id=…"
            onChange={(event) => setLink(event.target.value)}
          />
          <p className="hint">As Zoom’s recordings page shows it; or the recording’s UUID.</p>
        </div>
        <div>
          <label htmlFor={`${id}-series`}>Opencast series</label>
          <input id={`${id}-series`} value={seriesId} onChange={(event) => setSeriesId(event.target.value)} />
          <p className="hint">Empty: the one that the schedule has.</p>
        </div>
        <details>
          <summary>More</summary>
          <div>
            <label htmlFor={`${id}-workflow`}>Opencast workflow</label>
            <input id={`${id}-workflow`} value={workflow} onChange={(event) => setWorkflow(event.target.value)} />
          </div>
          <div className="check">
            <input
              id={`${id}-again`}
              type="checkbox"
              checked={allowMultiple}
              onChange={(event) => setAllowMultiple(event.target.checked)}
            />
            <label htmlFor={`${id}-again`}>Make one more event although Opencast has it</label>
          </div>
          <div className="check">
            <input
              id={`${id}-all`}
              type="checkbox"
              checked={allMp4}
              onChange={(event) => setAllMp4(event.target.checked)}
            />
            <label htmlFor={`${id}-all`}>Every view, for an archive</label>
          </div>
        </details>
        <button type="submit" className="main" disabled={action.busy}>
          {action.busy ? 'Asking Zoom …' : 'Ingest it'}
        </button>
        {said !== undefined && <p role="status">{said}</p>}
        <ProblemView problem={action.problem} />
      </form>
    </section>
  );
}

function SomeDays() {
  const today = dateOf(wallTime(Date.now(), timeZone));
  const [from, setFrom] = useState(today);
  const [to, setTo] = useState(today);
  const id = useId();
  const look = async (dryRun: boolean) => {
    const { job } = await send<Submitted>('POST', 'api/recordings/backfill', { from, to, dryRun });
    go('jobs', job);
  };
  const action = useAction(() => look(false));
  const rehearsal = useAction(() => look(true));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    action.run();
  };
  return (
    <section className="card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>All that were missed</h2>
      <p>Looks through the recordings of the account in Zoom and takes those that nobody announced.</p>
      <form onSubmit={submit} className="fields">
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
          <button type="button" disabled={rehearsal.busy} onClick={rehearsal.run}>
            Only look
          </button>
          <button type="submit" className="main" disabled={action.busy}>
            Take them
          </button>
        </div>
        <ProblemView problem={action.problem ?? rehearsal.problem} />
      </form>
    </section>
  );
}
