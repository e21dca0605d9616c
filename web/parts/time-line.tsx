import type { RecordingDetail } from '../../src/api/contract';
import { statusText } from '../../src/view/recording-state';
import { Time } from './time';

const sources = { zoom: 'Zoom', webhook: 'Zoom told us', ingest: 'Ingest' } as const;
const stateWords: Readonly<Record<string, string>> = {
  started: 'the recording began',
  paused: 'the recording was paused',
  resumed: 'the recording went on',
  stopped: 'the recording was stopped',
  ended: 'the meeting ended',
};

/** Everything that happened to a recording, oldest first. */
export function TimeLine({ entries }: { readonly entries: RecordingDetail['timeline'] }) {
  if (entries.length === 0) return null;
  return (
    <section aria-labelledby="time-line">
      <h2 id="time-line">What happened</h2>
      <ol className="time-line">
        {entries.map(({ at, source, what, detail }, index) => (
          <li key={`${index} ${at}`} className={source}>
            <Time at={at} />
            <div>
              <strong>{sources[source]}:</strong> {stateWords[what] ?? statusText(what)}
              {detail !== null && <span className="hint">{detail}</span>}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
