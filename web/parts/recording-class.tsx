import type { RecordingDetail } from '../../src/api/contract';
import { nowWords, reasonText, takenWords } from '../../src/view/series-words';
import { suggestionWords } from '../../src/view/suggestion-words';
import { dayNames } from '../days';
import { capitalized, quantities } from '../format';
import { useMay } from '../role';
import { IngestButton, SendButton } from './send-button';

interface RecordingClassProps {
  readonly recording: RecordingDetail;
  readonly onChange: () => void;
}

/** Which class it belongs to and why, or the ones that it may belong to. */
export function RecordingClass({ recording, onChange }: RecordingClassProps) {
  const { uuid, match, ingests, taken } = recording;
  const mayAct = useMay('operator');
  const isOpen = ingests.every(({ status }) => /IGNORED|FAILED|^RECORDING_/.test(status));
  const latest = ingests.at(-1);
  return (
    <section className="card" aria-labelledby="match">
      <h2 id="match">Class</h2>
      {taken.length > 0 ? <Taken recording={recording} /> : <Decision match={match} />}
      {latest?.reason && latest.reason !== match.reason && <p className="hint">Last time: {latest.reason}</p>}
      <Suggestions recording={recording} isOpen={isOpen} onChange={onChange} />
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

/** What was done, before what would be done now. */
function Taken({ recording }: { readonly recording: RecordingDetail }) {
  const now = nowWords(recording);
  return (
    <>
      {takenWords(recording).map(({ seriesId, begin, course, because }) => (
        <p key={seriesId} data-series={seriesId}>
          {begin} <strong>{seriesId}</strong>
          {course !== '' && ` (${course})`}: {because}.
        </p>
      ))}
      {now !== undefined && <p className="hint">{now}</p>}
    </>
  );
}

function Decision({ match }: { readonly match: RecordingDetail['match'] }) {
  if (match.seriesId === null)
    return (
      <p>
        <strong>It is not ingested:</strong> {reasonText(match.reason)}
      </p>
    );
  return (
    <p>
      {match.title} of series <strong>{match.seriesId}</strong>.
    </p>
  );
}

function Suggestions({ recording, isOpen, onChange }: RecordingClassProps & { readonly isOpen: boolean }) {
  const { uuid, suggestions, topic } = recording;
  if (suggestions.length === 0) return null;
  return (
    <>
      <h3>Classes that it may belong to</h3>
      <ul className="rows">
        {suggestions.map(({ class: of, ...suggestion }) => (
          <li key={`${of.meetingId} ${of.day} ${of.time} ${of.seriesId}`}>
            <div>
              <strong>
                {of.courseCode} {of.title}
              </strong>
              , {dayNames[of.day]} {of.time}
              <span className="hint">
                {capitalized(suggestionWords(suggestion, quantities))}. Series {of.seriesId}.
              </span>
            </div>
            {isOpen && <IngestButton uuid={uuid} seriesId={of.seriesId} what={topic} onDone={onChange} />}
          </li>
        ))}
      </ul>
    </>
  );
}
