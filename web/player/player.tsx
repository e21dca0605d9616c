import { useEffect, useId, useRef, useState } from 'react';
import { formatNumber } from '../format';
import { ProblemView } from '../parts/problem-view';
import { openPlayback, type Playback, type PlaybackState } from './playback';

export interface PlayerProps {
  /** address of the manifest, on this server */
  readonly manifest: string;
  readonly name: string;
}

/** Plays an endpoint, and says what is played: tracks, bit rates, what the player measures. */
export function Player({ manifest, name }: PlayerProps) {
  const video = useRef<HTMLVideoElement>(null);
  const playback = useRef<Playback>(undefined);
  const [state, setState] = useState<PlaybackState>({ phase: 'loading', variants: [], texts: [] });
  const choice = useId();

  useEffect(() => {
    const element = video.current;
    if (!element) return undefined;
    const opened = openPlayback(element, manifest, setState);
    playback.current = opened;
    return () => opened.close();
  }, [manifest]);

  const { phase, variants, texts, stats } = state;
  const active = variants.find((variant) => variant.active);
  return (
    <div className="player" data-state={phase}>
      {/* Captions, where an endpoint has some, are among the tracks of the player. */}
      <video ref={video} controls playsInline aria-label={`Player of ${name}`} />
      <ProblemView
        problem={
          state.error === undefined
            ? undefined
            : {
                ...{ type: 'about:blank', title: 'It cannot be played', status: 0, code: 'playback', passing: false },
                detail: state.error,
                help: 'The manifest itself may be opened by its link.',
              }
        }
      />
      {variants.length > 0 && (
        <>
          <div className="filter">
            <label htmlFor={choice}>Variant</label>
            <select
              id={choice}
              value={state.chosen ?? ''}
              onChange={(event) =>
                playback.current?.choose(event.target.value === '' ? undefined : Number(event.target.value))
              }
            >
              <option value="">chosen by bandwidth</option>
              {variants.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </select>
            <output aria-live="off">
              {[
                active && `plays ${active.label}`,
                stats && `${formatNumber(stats.bufferedSeconds)} s ahead`,
                stats?.estimatedBandwidth !== undefined &&
                  `line ${formatNumber(stats.estimatedBandwidth / 1e6)} Mbit/s`,
                stats && stats.droppedFrames > 0 && `${stats.droppedFrames} frames dropped`,
              ]
                .filter(Boolean)
                .join(' · ')}
            </output>
          </div>
          <div className="scroll" tabIndex={0} role="region" aria-label={`Variants of ${name}`}>
            <table>
              <caption className="unseen">Variants of {name}</caption>
              <thead>
                <tr>
                  <th scope="col">Variant</th>
                  <th scope="col">Video</th>
                  <th scope="col">Audio</th>
                  <th scope="col">Language</th>
                </tr>
              </thead>
              <tbody>
                {variants.map(({ id, label, video, audio, language, active }) => (
                  <tr key={id} aria-current={active || undefined}>
                    <th scope="row">{label}</th>
                    <td>{video}</td>
                    <td>{audio}</td>
                    <td>{language}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {texts.length > 0 && <p>Text: {texts.join(', ')}</p>}
        </>
      )}
    </div>
  );
}
