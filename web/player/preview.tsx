import { useEffect, useId, useRef, useState } from 'react';
import type { RecordingDetail } from '../../src/api/contract';
import { fileText } from '../file-words';
import { readCues, type Cue } from './cues';

type File = RecordingDetail['fileList'][number];

export interface PreviewProps {
  readonly files: readonly File[];
  readonly topic: string;
}

/** The views that lie here, one at a time, with the transcript beside them. */
export function Preview({ files, topic }: PreviewProps) {
  const views = files.filter(({ stored, fileType }) => stored !== null && /^(MP4|M4A)$/i.test(fileType));
  const texts = files.filter(({ stored, fileType }) => stored !== null && /^(TRANSCRIPT|CC)$/i.test(fileType));
  const [chosen, setChosen] = useState(0);
  const [failed, setFailed] = useState(false);
  const video = useRef<HTMLVideoElement>(null);
  const view = views[Math.min(chosen, views.length - 1)];
  const text = texts.find(({ startsAt }) => startsAt === view?.startsAt) ?? texts[0];
  const label = useId();
  if (!view?.stored) return null;
  return (
    <section aria-labelledby="preview">
      <h2 id="preview">Preview</h2>
      {views.length > 1 && (
        <div className="choice" role="group" aria-labelledby={label}>
          <span id={label} className="unseen">
            Views
          </span>
          {views.map((file, index) => (
            <button
              key={file.name}
              type="button"
              aria-pressed={file === view}
              onClick={() => {
                setChosen(index);
                setFailed(false);
              }}
            >
              {fileText(file)}
            </button>
          ))}
        </div>
      )}
      <div className="beside preview">
        <div>
          <video
            key={view.name}
            ref={video}
            controls
            playsInline
            preload="metadata"
            src={view.stored.path}
            aria-label={`${fileText(view)} of ${topic}`}
            onError={() => setFailed(true)}
          >
            {text?.stored && <track kind="captions" label="Transcript" src={text.stored.path} />}
          </video>
          {failed && <p className="hint">This browser cannot play the file; it can be downloaded below.</p>}
        </div>
        {text?.stored && (
          <Transcript
            path={text.stored.path}
            onSeek={(seconds) => {
              if (video.current) video.current.currentTime = seconds;
            }}
          />
        )}
      </div>
    </section>
  );
}

function Transcript({ path, onSeek }: { readonly path: string; readonly onSeek: (seconds: number) => void }) {
  const [cues, setCues] = useState<readonly Cue[]>();
  useEffect(() => {
    const abort = new AbortController();
    fetch(path, { signal: abort.signal, credentials: 'same-origin' })
      .then(async (response) => (response.ok ? readCues(await response.text()) : []))
      .then(setCues, () => undefined);
    return () => abort.abort();
  }, [path]);
  if (!cues) return <p className="hint">The transcript is being read …</p>;
  if (cues.length === 0) return <p className="none">The transcript has no words.</p>;
  return (
    <div className="transcript" tabIndex={0} role="region" aria-label="Transcript">
      <ol>
        {cues.map(({ start, text }, index) => (
          <li key={`${index} ${start}`}>
            <button type="button" className="quiet" onClick={() => onSeek(start)}>
              {clock(start)}
            </button>{' '}
            {text}
          </li>
        ))}
      </ol>
    </div>
  );
}

function clock(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return (parts[0] === 0 ? parts.slice(1) : parts).map((part) => String(part).padStart(2, '0')).join(':');
}
