import type { JobDetail, JobSummary, RecordingDetail } from '../../src/api/contract';
import { formatBytes, formatDuration } from '../format';
import { stateOf } from '../../src/view/recording-state';
import { fileText } from '../file-words';
import { AnswerState } from '../parts/answer-state';
import { Fact } from '../parts/fact';
import { FailureView } from '../parts/failure-view';
import { SendButton } from '../parts/send-button';
import { JobActions } from '../parts/job-actions';
import { JobProgress } from '../parts/job-progress';
import { RecordingClass } from '../parts/recording-class';
import { RecordingFiles } from '../parts/recording-files';
import { Time } from '../parts/time';
import { TimeLine } from '../parts/time-line';
import { Preview } from '../player/preview';
import { Link } from '../router';
import { useResource } from '../use-resource';

/** One recording: how it is, why, and what can be done about it. */
export function RecordingPage({ uuid }: { readonly uuid: string }) {
  const path = `api/recordings/${encodeURIComponent(uuid)}`;
  const shown = useResource<RecordingDetail>(path, 5000);
  const { data, reload } = shown;
  const job = data?.ingests.findLast((ingest) => ingest.job !== null)?.job ?? undefined;
  const { data: work, reload: lookAgain } = useResource<JobDetail>(
    job === undefined ? undefined : `api/jobs/${encodeURIComponent(job)}`,
    2000,
  );
  const changed = () => {
    reload();
    lookAgain();
  };
  if (!data)
    return (
      <>
        <h1>Recording</h1>
        <AnswerState of={shown} />
      </>
    );
  const { text, mood } = stateOf(data);
  return (
    <>
      <div className="title">
        <h1>{data.topic === '' ? `Meeting ${data.meetingId}` : data.topic}</h1>
        <span className={`status ${mood}`}>{text}</span>
      </div>
      <AnswerState of={shown} />
      <dl className="facts">
        <Fact name="Begun" value={<Time at={data.startTime} />} />
        <Fact name="Length" value={formatDuration(data.durationMinutes * 60_000)} />
        <Fact
          name="Meeting"
          value={<a href={`#/recordings?search=${encodeURIComponent(data.meetingId)}`}>{data.meetingId}</a>}
        />
        {data.hostEmail !== null && <Fact name="Host" value={data.hostEmail} />}
        <Fact name="Files" value={`${data.files}${data.bytes === null ? '' : `, ${formatBytes(data.bytes)}`}`} />
        {job !== undefined && <Fact name="Ingest" value={<Link to={['jobs', job]}>all steps</Link>} />}
        <Fact
          name="In Zoom"
          value={
            <>
              {data.presence === 'available' ? 'still there' : data.presence} · <a href={data.zoomUrl}>open in Zoom</a>
            </>
          }
        />
      </dl>
      {work && work.status !== 'done' && <Work job={work} onChange={changed} />}
      <RecordingClass recording={data} onChange={changed} />
      <Preview files={data.fileList} topic={data.topic} />
      <RecordingFiles files={data.fileList} />
      <Opencast recording={data} />
      <Streams recording={data} />
      <TimeLine entries={data.timeline} />
      <ZoomEvents events={data.events} onChange={changed} />
    </>
  );
}

function Work({ job, onChange }: { readonly job: JobDetail; readonly onChange: (job: JobSummary) => void }) {
  const step = job.steps.findLast(({ status }) => status === 'running' || status === 'waiting');
  const running = job.children.filter(({ status, progress }) => status === 'running' && progress !== null);
  return (
    <section className={`card ${job.status === 'failed' ? 'bad' : ''}`} aria-labelledby="ingest">
      <div className="head">
        <h2 id="ingest">Ingest</h2>
        <Link to={['jobs', job.id]}>all steps</Link>
      </div>
      {job.failure && <FailureView failure={job.failure} />}
      {job.status === 'running' && step && <p>Now: {step.name}</p>}
      {job.status === 'queued' && <p>Waits for its turn.</p>}
      {job.status === 'cancelled' && <p>Cancelled. It can go on where it was stopped.</p>}
      {running.map((part) => (
        <JobProgress key={part.id} job={part} />
      ))}
      <JobActions job={job} onChange={onChange} />
    </section>
  );
}

function Streams({ recording: { stream } }: { readonly recording: RecordingDetail }) {
  if (stream === null) return null;
  const state = stream.state === null ? 'running' : stream.state === 'SUCCEEDED' ? 'done' : 'failed';
  return (
    <section aria-labelledby="streams">
      <div className="head">
        <h2 id="streams">To watch</h2>
        <Link to={['jobs', stream.job]}>all steps</Link>
      </div>
      <p>
        <span className={`status ${state}`}>
          {stream.state === null ? 'being packaged' : stream.state === 'SUCCEEDED' ? 'can be watched' : 'failed'}
        </span>
      </p>
      <ul className="rows">
        {stream.views.map(({ assetId, view, playbackUrls }) => (
          <li key={assetId}>
            <Link to={['assets', assetId]}>{fileText({ recordingType: view, fileType: view })}</Link>
            <span>
              {playbackUrls.map((url) => (
                <a key={url} href={url}>
                  {url.slice(url.lastIndexOf('/') + 1)}
                </a>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Opencast({ recording: { opencast } }: { readonly recording: RecordingDetail }) {
  if (opencast.length === 0) return null;
  const states = { SUCCEEDED: 'done', FAILED: 'failed' } as const;
  return (
    <section aria-labelledby="opencast">
      <h2 id="opencast">In Opencast</h2>
      <ul className="rows">
        {opencast.map(({ eventId, workflowId, state }) => (
          <li key={eventId}>
            <span className={`status ${state === null ? 'running' : states[state]}`}>
              {state === null ? 'under way' : state === 'SUCCEEDED' ? 'published' : 'failed'}
            </span>
            <span>
              Event <code>{eventId}</code>
              {workflowId !== null && (
                <>
                  , workflow <code>{workflowId}</code>
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ZoomEvents({
  events,
  onChange,
}: {
  readonly events: RecordingDetail['events'];
  readonly onChange: () => void;
}) {
  if (events.length === 0) return null;
  return (
    <details>
      <summary>What Zoom sent ({events.length})</summary>
      <ul className="rows">
        {events.map(({ key, event, receivedAt, outcome, failure, body }) => (
          <li key={key}>
            <div>
              <strong>{event}</strong>
              <span className="hint">
                <Time at={receivedAt} />: {outcome ?? failure?.message ?? 'waits'}
              </span>
            </div>
            <SendButton
              path="api/zoom-events/replay"
              body={{ key }}
              name="Replay"
              what={`${event} of ${receivedAt}`}
              onDone={onChange}
            />
            <details>
              <summary>As it came</summary>
              <pre tabIndex={0}>{JSON.stringify(body, undefined, 2)}</pre>
            </details>
          </li>
        ))}
      </ul>
    </details>
  );
}
