import { useId } from 'react';
import type { RecordingPage as Page, RecordingSummary } from '../../src/api/contract';
import { withQuery } from '../api';
import { beginOfDay } from '../days';
import { formatDuration } from '../format';
import { stateOf, statusGroups } from '../../src/view/recording-state';
import { AnswerState } from '../parts/answer-state';
import { Pages } from '../parts/pages';
import { Time } from '../parts/time';
import { useMay } from '../role';
import { Link, setQuery, usePlace } from '../router';
import { useLater } from '../use-later';
import { useResource } from '../use-resource';

const pageSize = 50;

/** All recordings: searched, filtered, page by page. The address holds the filter, so that it can be kept and sent. */
export function RecordingsPage() {
  const mayAct = useMay('operator');
  const { query } = usePlace();
  const text = (name: string) => query.get(name) ?? '';
  const [search, state, from, to, waits] = ['search', 'state', 'from', 'to', 'waits'].map(text) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const cursors = text('pages')
    .split('.')
    .filter((cursor) => cursor !== '');
  const group = state in statusGroups ? statusGroups[state as keyof typeof statusGroups] : undefined;
  const path = withQuery('api/recordings', {
    ...{ search: useLater(search, 250), status: group?.statuses },
    ...{ from: beginOfDay(from), to: beginOfDay(to, 1) },
    awaitsSchedule: waits === 'yes' ? 'true' : undefined,
    ...{ limit: pageSize, cursor: cursors.at(-1) },
  });
  const page = useResource<Page>(path, 10_000);
  const { data, loading } = page;
  const id = useId();
  const filter = (changes: Record<string, string | undefined>) => setQuery({ ...changes, pages: undefined });
  const isFiltered = [search, state, from, to, waits].some((value) => value !== '');
  return (
    <>
      <div className="title">
        <h1>Recordings</h1>
        {mayAct && (
          <a className="button main" href="#/recordings/ingest">
            Ingest from Zoom
          </a>
        )}
      </div>
      <form role="search" className="filter" onSubmit={(event) => event.preventDefault()}>
        <div className="wide">
          <label htmlFor={`${id}-search`}>Search</label>
          <input
            id={`${id}-search`}
            type="search"
            placeholder="course, topic, meeting, series or host"
            value={search}
            onChange={(event) => filter({ search: event.target.value })}
          />
        </div>
        <div>
          <label htmlFor={`${id}-state`}>State</label>
          <select id={`${id}-state`} value={state} onChange={(event) => filter({ state: event.target.value })}>
            <option value="">any</option>
            {Object.entries(statusGroups).map(([value, { name }]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </div>
        <div>
          <label htmlFor={`${id}-from`}>From</label>
          <input
            id={`${id}-from`}
            type="date"
            value={from}
            onChange={(event) => filter({ from: event.target.value })}
          />
        </div>
        <div>
          <label htmlFor={`${id}-to`}>To</label>
          <input id={`${id}-to`} type="date" value={to} onChange={(event) => filter({ to: event.target.value })} />
        </div>
        <div className="check">
          <input
            id={`${id}-waits`}
            type="checkbox"
            checked={waits === 'yes'}
            onChange={(event) => filter({ waits: event.target.checked ? 'yes' : undefined })}
          />
          <label htmlFor={`${id}-waits`}>Only those without a class</label>
        </div>
      </form>
      <AnswerState of={page} />
      {data?.recordings.length === 0 && (
        <p className="none">
          {isFiltered
            ? 'No recording is like that.'
            : 'No recording yet. Zoom announces them by its webhook; one can also be asked for.'}
        </p>
      )}
      {data && data.recordings.length > 0 && <RecordingTable recordings={data.recordings} busy={loading} />}
      <Pages cursors={cursors} next={data?.next} onChange={(pages) => setQuery({ pages: pages.join('.') })} />
    </>
  );
}

function RecordingTable({ recordings, busy }: { recordings: readonly RecordingSummary[]; busy: boolean }) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Table of recordings">
      <table aria-busy={busy} className="stacked">
        <thead>
          <tr>
            <th scope="col">Recording</th>
            <th scope="col">Begun</th>
            <th scope="col">Length</th>
            <th scope="col">Series</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {recordings.map((recording) => (
            <Row key={recording.uuid} recording={recording} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ recording }: { readonly recording: RecordingSummary }) {
  const { uuid, topic, meetingId, hostEmail, startTime, durationMinutes, ingests, presence } = recording;
  const { text, mood } = stateOf(recording);
  const newest = ingests.at(-1);
  return (
    <tr data-recording={uuid}>
      <th scope="row">
        <Link to={['recordings', 'of', uuid]}>{topic === '' ? `Meeting ${meetingId}` : topic}</Link>
        <span className="hint">
          {meetingId}
          {hostEmail !== null && ` · ${hostEmail}`}
        </span>
      </th>
      <td data-name="Begun">
        <Time at={startTime} />
      </td>
      <td data-name="Length">{formatDuration(durationMinutes * 60_000)}</td>
      <td data-name="Series">{ingests.findLast(({ seriesId }) => seriesId !== null)?.seriesId ?? '–'}</td>
      <td data-name="State">
        <span className={`status ${mood}`}>{text}</span>
        {presence !== 'available' && <span className="hint">{presence} in Zoom</span>}
        {(mood === 'failed' || mood === 'again') && newest?.reason && <span className="hint">{newest.reason}</span>}
      </td>
    </tr>
  );
}
