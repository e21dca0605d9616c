import { useId, useState, type FormEvent } from 'react';
import type { OrderedIngestView } from '../../src/api/contract';
import { send } from '../api';
import { SomeDays } from '../parts/some-days';
import { ProblemView } from '../parts/problem-view';
import { useMay } from '../role';
import { go, usePlace } from '../router';
import { useAction } from '../use-resource';

/** Brings recordings in that Zoom did not announce, or once more: one by its link, or those of some days. */
export function IngestPage() {
  const { query } = usePlace();
  const mayAct = useMay('operator');
  return (
    <>
      <h1>Ingest from Zoom</h1>
      {mayAct ? (
        <>
          <OneRecording given={query.get('uuid') ?? ''} />
          <SomeDays />
        </>
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
