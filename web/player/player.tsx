import { useEffect, useId, useRef, useState } from 'react';
import { formatBytes, formatNumber } from '../format';
import { Fact } from '../parts/fact';
import { ProblemView } from '../parts/problem-view';
import { nothingYet, type Playback, type PlaybackStats } from './playback';
import { SegmentTables } from './segment-tables';
import { openShaka } from './shaka-playback';
import { isSmooth, openSmooth } from './smooth-playback';

export interface PlayerProps {
  /** address of the manifest, on this server */
  readonly manifest: string;
  readonly name: string;
}

/** Plays an endpoint, and says what is played: tracks, bit rates, what the player measures. */
export function Player({ manifest, name }: PlayerProps) {
  const video = useRef<HTMLVideoElement>(null);
  const playback = useRef<Playback>(undefined);
  const [state, setState] = useState(nothingYet);
  const choice = useId();

  useEffect(() => {
    const element = video.current;
    if (!element) return undefined;
    const open = isSmooth(manifest) ? openSmooth : openShaka;
    const opened = open(element, manifest, setState);
    playback.current = opened;
    return () => opened.close();
  }, [manifest]);

  const { phase, variants, texts, stats, segments } = state;
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
            {texts.length > 0 && (
              <>
                <label htmlFor={`${choice}-text`}>Text</label>
                <select
                  id={`${choice}-text`}
                  value={texts.find((text) => text.active)?.id ?? ''}
                  onChange={({ target }) =>
                    playback.current?.showText(target.value === '' ? undefined : Number(target.value))
                  }
                >
                  <option value="">none</option>
                  {texts.map(({ id, label }) => (
                    <option key={id} value={id}>
                      {label}
                    </option>
                  ))}
                </select>
              </>
            )}
          </div>
          {stats && <Measured stats={stats} playing={active?.label ?? '–'} />}
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
          <SegmentTables lists={segments} of={name} />
        </>
      )}
    </div>
  );
}

/** What the player measures, told once a second to the eye alone. */
function Measured({ stats, playing }: { readonly stats: PlaybackStats; readonly playing: string }) {
  const { bufferedSeconds, estimatedBandwidth, decodedFrames, droppedFrames, gaps = 0, stalls = 0 } = stats;
  return (
    <dl className="facts measured">
      <Fact name="Plays" value={playing} />
      <Fact name="Buffer" value={`${formatNumber(bufferedSeconds)} s ahead`} />
      <Fact
        name="Line"
        value={estimatedBandwidth === undefined ? '–' : `${formatNumber(estimatedBandwidth / 1e6)} Mbit/s`}
      />
      <Fact name="Loaded" value={formatBytes(stats.downloaded)} />
      <Fact name="Frames" value={`${decodedFrames} decoded, ${droppedFrames} dropped`} />
      <Fact
        name="Waiting"
        value={`${formatNumber(stats.loadSeconds)} s to begin, ${formatNumber(stats.waitedSeconds)} s in all`}
      />
      {gaps + stalls > 0 && <Fact name="Trouble" value={`${gaps} gaps jumped, ${stalls} stalls`} />}
    </dl>
  );
}
