import { useId, useState } from 'react';
import type { OrderedIngestView, Problem } from '../../src/api/contract';
import { send, toProblem } from '../api';
import { Link } from '../router';
import { useAction } from '../use-resource';
import { Time } from './time';

export interface Found {
  readonly uuid: string;
  readonly meetingId: string;
  readonly topic: string;
  readonly startTime: string;
  /** what would be done with it, in words */
  readonly outcome: string;
  /** of the schedule; null: it has none for it */
  readonly seriesId: string | null;
}

type Answer = OrderedIngestView | { readonly problem: Problem };

/** What Zoom has, to be chosen one by one: those that the schedule knows are chosen already. */
export function FoundRecordings({ found }: { readonly found: readonly Found[] }) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(found.filter(({ seriesId }) => seriesId !== null).map(({ uuid }) => uuid)),
  );
  const [series, setSeries] = useState('');
  const [answers, setAnswers] = useState<ReadonlyMap<string, Answer>>(new Map());
  const id = useId();
  const open = found.filter(({ uuid }) => !isBegun(answers.get(uuid)));
  const wanted = open.filter(({ uuid }) => chosen.has(uuid));
  const choose = (uuids: readonly string[], isChosen: boolean) => {
    const next = new Set(chosen);
    for (const uuid of uuids) next[isChosen ? 'add' : 'delete'](uuid);
    setChosen(next);
  };
  // One after the other: each asks Zoom, which counts questions.
  const ingest = useAction(async () => {
    const seriesId = series.trim();
    for (const { uuid } of wanted) {
      const wish = { uuid, ...(seriesId !== '' && { seriesId }) };
      const answer = await send<OrderedIngestView>('POST', 'api/recordings/ingest', wish).catch(
        (error: unknown): Answer => ({ problem: toProblem(error) }),
      );
      setAnswers((before) => new Map(before).set(uuid, answer));
    }
  });
  return (
    <>
      <div className="scroll" tabIndex={0} role="region" aria-label="Table of recordings in Zoom">
        <table className="stacked">
          <thead>
            <tr>
              <th scope="col">
                <input
                  type="checkbox"
                  aria-label="Choose all"
                  checked={open.length > 0 && wanted.length === open.length}
                  onChange={({ target }) =>
                    choose(
                      open.map(({ uuid }) => uuid),
                      target.checked,
                    )
                  }
                />{' '}
                Recording
              </th>
              <th scope="col">Begun</th>
              <th scope="col">What becomes of it</th>
            </tr>
          </thead>
          <tbody>
            {found.map(({ uuid, topic, meetingId, startTime, outcome }) => (
              <tr key={uuid} data-found={uuid}>
                <th scope="row">
                  <label>
                    <input
                      type="checkbox"
                      checked={chosen.has(uuid)}
                      disabled={isBegun(answers.get(uuid))}
                      onChange={({ target }) => choose([uuid], target.checked)}
                    />{' '}
                    {topic === '' ? `Meeting ${meetingId}` : topic}
                  </label>
                  <span className="hint">{meetingId}</span>
                </th>
                <td data-name="Begun">
                  <Time at={startTime} />
                </td>
                <td data-name="What becomes of it">
                  <Outcome answer={answers.get(uuid)} before={outcome} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="filter chosen">
        <div>
          <label htmlFor={`${id}-series`}>Opencast series</label>
          <input id={`${id}-series`} value={series} onChange={(event) => setSeries(event.target.value)} />
          <p className="hint">Empty: of each the one that the schedule has.</p>
        </div>
        <button type="button" className="main" disabled={ingest.busy || wanted.length === 0} onClick={ingest.run}>
          Ingest the {wanted.length} chosen
        </button>
      </div>
    </>
  );
}

function isBegun(answer: Answer | undefined): boolean {
  return answer !== undefined && 'job' in answer && answer.job !== null;
}

function Outcome({ answer, before }: { readonly answer: Answer | undefined; readonly before: string }) {
  if (answer === undefined) return <span>{before}</span>;
  if ('problem' in answer) return <span className="bad">{answer.problem.detail}</span>;
  if (answer.job === null) return <span className="bad">{answer.reason ?? 'Nothing is to be done.'}</span>;
  return (
    <span>
      <span className="status running">being ingested</span> <Link to={['jobs', answer.job]}>its steps</Link>
    </span>
  );
}
