import { useId } from 'react';
import type { JobPage as Page, JobSummary } from '../../src/api/contract';
import { withQuery } from '../api';
import { formatKind } from '../format';
import { AnswerState } from '../parts/answer-state';
import { JobStatus } from '../parts/job-status';
import { Pages } from '../parts/pages';
import { Lasted, Time } from '../parts/time';
import { Link, setQuery, usePlace } from '../router';
import { useLater } from '../use-later';
import { useResource } from '../use-resource';

const statuses: readonly JobSummary['status'][] = ['running', 'queued', 'failed', 'done', 'cancelled'];
const pageSize = 50;

/** All jobs: searched, filtered, page by page. The address holds the filter, so that it can be kept and sent. */
export function JobsPage() {
  const { query } = usePlace();
  const status = query.get('status') ?? '';
  const search = query.get('search') ?? '';
  const parts = query.get('parts') === 'yes';
  const dead = query.get('dead') === 'yes';
  const cursors = (query.get('pages') ?? '').split('.').filter((cursor) => cursor !== '');
  const path = withQuery('api/jobs', {
    ...{ status, search: useLater(search, 250), limit: pageSize, cursor: cursors.at(-1) },
    parent: parts ? 'any' : undefined,
    deadLetter: dead ? 'true' : undefined,
  });
  const page = useResource<Page>(path, 10_000);
  const { data, loading } = page;
  const ids = { search: useId(), status: useId(), parts: useId(), dead: useId() };
  const filter = (changes: Record<string, string | undefined>) => setQuery({ ...changes, pages: undefined });
  return (
    <>
      <h1>Jobs</h1>
      <form role="search" className="filter" onSubmit={(event) => event.preventDefault()}>
        <div>
          <label htmlFor={ids.search}>Search</label>
          <input
            id={ids.search}
            type="search"
            placeholder="part of the id or the title"
            value={search}
            onChange={(event) => filter({ search: event.target.value })}
          />
        </div>
        <div>
          <label htmlFor={ids.status}>Status</label>
          <select id={ids.status} value={status} onChange={(event) => filter({ status: event.target.value })}>
            <option value="">any</option>
            {statuses.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </div>
        <div className="check">
          <input
            id={ids.dead}
            type="checkbox"
            checked={dead}
            onChange={(event) => filter({ dead: event.target.checked ? 'yes' : undefined })}
          />
          <label htmlFor={ids.dead}>Only those waiting for somebody</label>
        </div>
        <div className="check">
          <input
            id={ids.parts}
            type="checkbox"
            checked={parts}
            onChange={(event) => filter({ parts: event.target.checked ? 'yes' : undefined })}
          />
          <label htmlFor={ids.parts}>Parts of jobs, too</label>
        </div>
      </form>
      <AnswerState of={page} />
      {data?.jobs.length === 0 && (
        <p className="none">
          {data.next === null
            ? 'There are no such jobs.'
            : 'None of the newest ones; the next page looks at older ones.'}
        </p>
      )}
      {data && data.jobs.length > 0 && <JobTable jobs={data.jobs} busy={loading} />}
      <Pages cursors={cursors} next={data?.next} onChange={(pages) => setQuery({ pages: pages.join('.') })} />
    </>
  );
}

export function JobTable({ jobs, busy }: { readonly jobs: readonly JobSummary[]; readonly busy?: boolean }) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Table of jobs">
      <table aria-busy={busy} className="stacked">
        <thead>
          <tr>
            <th scope="col">Job</th>
            <th scope="col">Kind</th>
            <th scope="col">Status</th>
            <th scope="col">Asked for</th>
            <th scope="col">Lasted</th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <tr key={job.id}>
              <th scope="row">
                <Link to={['jobs', job.id]}>{job.title}</Link>
                {job.failure && <span className="hint">{job.failure.title}</span>}
              </th>
              <td data-name="Kind">{formatKind(job.kind)}</td>
              <td data-name="Status">
                <JobStatus job={job} />
              </td>
              <td data-name="Asked for">
                <Time at={job.createdAt} />
              </td>
              <td data-name="Lasted">
                <Lasted from={job.startedAt} to={job.endedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
