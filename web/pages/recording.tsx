import type { JobDetail, JobSummary, RecordingDetail } from '../../src/api/contract';
import { formatBytes, formatDuration } from '../format';
import { fileText, stateOf } from '../ingest-words';
import { AnswerState } from '../parts/answer-state';
import { Fact } from '../parts/fact';
import { FailureView } from '../parts/failure-view';
import { IngestButton, SendButton } from '../parts/send-button';
import { useMay } from '../role';
import { JobActions } from '../parts/job-actions';
import { JobProgress } from '../parts/job-progress';
import { RecordingFiles } from '../parts/recording-files';
import { Time } from '../parts/time';
import { TimeLine } from '../parts/time-line';
import { Preview } from '../player/preview';
import { Link } from '../router';
import { dayNames } from '../ingest-words';
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
      <Match recording={data} onChange={changed} />
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

interface MatchProps {
  readonly recording: RecordingDetail;
  readonly onChange: () => void;
}

/** Which class it belongs to and why, or the ones that it may belong to. */
function Match({ recording, onChange }: MatchProps) {
  const { uuid, match, suggestions, ingests, topic } = recording;
  const mayAct = useMay('operator');
  const isOpen = ingests.every(({ status }) => /IGNORED|FAILED|^RECORDING_/.test(status));
  const latest = ingests.at(-1);
  return (
    <section className="card" aria-labelledby="match">
      <h2 id="match">Class</h2>
      {match.seriesId === null ? (
        <p>
          <strong>It is not ingested:</strong> {reasonText(match.reason)}
        </p>
      ) : (
        <p>
          {match.title} of series <strong>{match.seriesId}</strong>.
        </p>
      )}
      {latest?.reason && latest.reason !== match.reason && <p className="hint">Last time: {latest.reason}</p>}
      {suggestions.length > 0 && (
        <>
          <h3>Classes that it may belong to</h3>
          <ul className="rows">
            {suggestions.map(({ class: of, because, minutesLate }) => (
              <li key={`${of.meetingId} ${of.day} ${of.time} ${of.seriesId}`}>
                <div>
                  <strong>
                    {of.courseCode} {of.title}
                  </strong>
                  , {dayNames[of.day]} {of.time}
                  <span className="hint">
                    {becauseText[because]}; it began {lateText(minutesLate)}. Series {of.seriesId}.
                  </span>
                </div>
                {isOpen && <IngestButton uuid={uuid} seriesId={of.seriesId} what={topic} onDone={onChange} />}
              </li>
            ))}
          </ul>
        </>
      )}
      <div className="actions">
        {isOpen && (
          <SendButton
            path={`api/recordings/${encodeURIComponent(uuid)}/rematch`}
            name="Look in the schedule again"
            onDone={onChange}
          />
        )}
        {mayAct && (
          <a className="button" href={`#/recordings/ingest?uuid=${encodeURIComponent(uuid)}`}>
            Ingest into another series …
          </a>
        )}
      </div>
    </section>
  );
}

const becauseText = {
  meeting: 'Its meeting has this class',
  topic: 'The topic names this course',
  time: 'It takes place at that time',
} as const;

function reasonText(reason: string | null): string {
  if (reason === 'No opencast series match') return 'the schedule has no class of this meeting at that time.';
  if (reason === 'No mp4 files') return 'it has nothing to see or to hear.';
  return reason ?? 'the reason is not known.';
}

function lateText(minutes: number): string {
  if (minutes === 0) return 'at its time';
  return `${formatDuration(Math.abs(minutes) * 60_000)} ${minutes > 0 ? 'later' : 'earlier'}`;
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
