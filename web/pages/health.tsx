import type { System } from '../../src/api/contract';
import { isStale, lowDisk } from '../../src/view/health-findings';
import { formatBytes } from '../format';
import { AnswerState } from '../parts/answer-state';
import { Fact } from '../parts/fact';
import { HealthLine } from '../parts/health-line';
import { Since, Time } from '../parts/time';
import { Link } from '../router';
import { useResource } from '../use-resource';

/** Whether everything that Reelway needs is well. */
export function HealthPage() {
  const system = useResource<System>('api/system', 5000);
  const { data, problem } = system;
  return (
    <>
      <h1>Health</h1>
      <AnswerState of={system} />
      {!data && !problem && <p className="none">The server is looking; what does not answer is waited for.</p>}
      {data && (
        <>
          <HealthLine of={system} />
          <section aria-labelledby="checks">
            <h2 id="checks">Checks</h2>
            <ul className="rows">
              {data.checks.map(({ name, ok, message }) => (
                <li key={name}>
                  <span className={`status ${ok ? 'done' : 'failed'}`}>{ok ? 'well' : 'not well'}</span>
                  <strong>{name}</strong>
                  {!ok && <span>{message}</span>}
                </li>
              ))}
            </ul>
          </section>
          {data.zoom && <Zoom zoom={data.zoom} />}
          <Queues queues={data.queues} />
          <Workers workers={data.workers} database={data.database} />
          <Disks disks={data.disks} />
          <Tokens tokens={data.tokens} />
          <section aria-labelledby="this-server">
            <h2 id="this-server">This server</h2>
            <dl className="facts">
              <Fact name="Version" value={data.version} />
              <Fact name="Node" value={data.node} />
              <Fact name="Running since" value={<Time at={data.startedAt} />} />
              <Fact
                name="Database"
                value={data.database === 'embedded' ? 'embedded in the data folder' : 'a PostgreSQL server'}
              />
              <Fact name="Storage" value={<code>{data.storage}</code>} />
            </dl>
          </section>
        </>
      )}
    </>
  );
}

function Zoom({ zoom: { webhooks, validatedAt, sweep } }: { readonly zoom: NonNullable<System['zoom']> }) {
  const stale = isStale(validatedAt, Date.now());
  return (
    <section aria-labelledby="zoom">
      <h2 id="zoom">Zoom</h2>
      <ul className="rows">
        <li>
          <span className={`status ${stale ? 'failed' : validatedAt === null ? 'queued' : 'done'}`}>
            {stale ? 'not well' : validatedAt === null ? 'not seen' : 'well'}
          </span>
          <strong>Webhooks</strong>
          <span>
            {validatedAt === null ? (
              webhooks ? (
                'Zoom has not validated the address yet.'
              ) : (
                'Not set up: WEBHOOK_VALIDATION_SECRET_TOKEN.'
              )
            ) : (
              <>
                Zoom validated the address <Since at={validatedAt} /> ago
                {stale && '. That is too long: validate it in the Zoom app, or no recording is announced any more.'}
              </>
            )}
          </span>
        </li>
        <li>
          <span className={`status ${sweep?.status ?? 'queued'}`}>{sweep?.status ?? 'not yet'}</span>
          <strong>Look through Zoom’s list</strong>
          {sweep && (
            <span>
              <Link to={['jobs', sweep.job]}>
                the last one ended <Since at={sweep.at} /> ago
              </Link>
            </span>
          )}
        </li>
      </ul>
    </section>
  );
}

function Tokens({ tokens }: { readonly tokens: System['tokens'] }) {
  return (
    <section aria-labelledby="tokens">
      <h2 id="tokens">Tokens</h2>
      <ul className="rows">
        {tokens.map(({ name, role }) => (
          <li key={name}>
            <strong>{name}</strong> {role}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Queues({ queues }: { readonly queues: System['queues'] }) {
  return (
    <section aria-labelledby="queues">
      <h2 id="queues">Queues</h2>
      <div className="scroll" tabIndex={0} role="region" aria-label="Table of queues">
        <table>
          <thead>
            <tr>
              <th scope="col">Queue</th>
              <th scope="col">Running</th>
              <th scope="col">Waiting</th>
              <th scope="col">Longest wait</th>
              <th scope="col">Places per worker</th>
              <th scope="col">Places in all</th>
            </tr>
          </thead>
          <tbody>
            {queues.map(({ name, running, waiting, oldestWaitingAt, perProcess, everywhere }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{running}</td>
                <td>{waiting}</td>
                <td>{oldestWaitingAt === null ? '–' : <Since at={oldestWaitingAt} />}</td>
                <td>{perProcess}</td>
                <td>{everywhere ?? 'any'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Workers({
  workers,
  database,
}: {
  readonly workers: System['workers'];
  readonly database: System['database'];
}) {
  return (
    <section aria-labelledby="workers">
      <h2 id="workers">Workers</h2>
      {workers.length === 0 ? (
        <p className="none">
          {database === 'embedded'
            ? 'This process is the only worker, and has nothing to do.'
            : 'No worker gives a sign of life.'}
        </p>
      ) : (
        <ul className="rows">
          {workers.map(({ id, host, pid, seenAt, running }) => (
            <li key={id}>
              <strong>{host === null ? id : `${host}, process ${pid}`}</strong>
              <span>{running === 1 ? '1 job' : `${running} jobs`}</span>
              {seenAt !== null && (
                <span className="hint">
                  last sign of life <Since at={seenAt} /> ago
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Disks({ disks }: { readonly disks: System['disks'] }) {
  if (disks.length === 0) return null;
  return (
    <section aria-labelledby="disks">
      <h2 id="disks">Disks</h2>
      <ul className="rows">
        {disks.map(({ path, free, total }) => (
          <li key={path}>
            <code>{path}</code>
            <meter
              aria-label={`Used of ${path}`}
              min={0}
              max={total}
              high={total * (1 - lowDisk)}
              value={total - free}
            />
            <span className={free < total * lowDisk ? 'bad' : ''}>
              {formatBytes(free)} of {formatBytes(total)} free
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
