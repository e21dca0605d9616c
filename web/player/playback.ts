import type { SegmentList } from './segments';

export interface PlaybackState {
  readonly phase: 'loading' | 'ready' | 'playing' | 'ended' | 'failed';
  readonly variants: readonly Variant[];
  readonly texts: readonly Text[];
  /** id of the variant that a person chose; absent: the player chooses */
  readonly chosen?: number | undefined;
  readonly stats?: PlaybackStats;
  readonly segments: readonly SegmentList[];
  readonly error?: string;
}

export interface Variant {
  readonly id: number;
  /** `640×360, 812 kbit/s` */
  readonly label: string;
  /** codec, and frames per second */
  readonly video: string;
  /** codec, sample rate, channels */
  readonly audio: string;
  readonly language: string;
  readonly active: boolean;
}

/** Subtitles or captions. */
export interface Text {
  readonly id: number;
  readonly label: string;
  readonly active: boolean;
}

export interface PlaybackStats {
  readonly bufferedSeconds: number;
  /** bits per second */
  readonly estimatedBandwidth?: number;
  readonly decodedFrames: number;
  readonly droppedFrames: number;
  /** seconds until it could be played, and seconds that it had to wait since */
  readonly loadSeconds: number;
  readonly waitedSeconds: number;
  /** times that the player jumped over a gap, or found itself stuck; undefined: it does not tell */
  readonly gaps?: number;
  readonly stalls?: number;
  /** bytes */
  readonly downloaded: number;
}

/** Before anything is known. */
export const nothingYet: PlaybackState = { phase: 'loading', variants: [], texts: [], segments: [] };

export interface Playback {
  /** @param id of a variant; undefined: the player chooses */
  choose(id: number | undefined): void;
  /** @param id of a text; undefined: none is shown */
  showText(id: number | undefined): void;
  close(): void;
}

/** milliseconds between two looks at what the player measures */
const measureEveryMs = 1000;

/** What is told of an element that a player fills. */
export interface PlaybackWatch {
  readonly closed: () => boolean;
  readonly change: (changes: Partial<PlaybackState>) => void;
  readonly close: () => void;
}

/** Tells `onChange` of the element's phases, of what is changed, and once a second of what `measure` finds; nothing any more once it is closed. */
export function watchPlayback(
  video: HTMLVideoElement,
  onChange: (state: PlaybackState) => void,
  measure: () => void,
): PlaybackWatch {
  let state = nothingYet;
  const listening = new AbortController();
  const { signal } = listening;
  const change = (changes: Partial<PlaybackState>): void => {
    if (signal.aborted) return;
    state = { ...state, ...changes };
    onChange(state);
  };
  video.addEventListener('playing', () => change({ phase: 'playing' }), { signal });
  video.addEventListener('ended', () => change({ phase: 'ended' }), { signal });
  const measuring = setInterval(() => {
    if (state.phase !== 'loading' && state.phase !== 'failed') measure();
  }, measureEveryMs);
  return {
    change,
    closed: () => signal.aborted,
    close() {
      listening.abort();
      clearInterval(measuring);
    },
  };
}

/** seconds that could be played without another byte */
export function bufferedAhead({ buffered, currentTime }: HTMLVideoElement): number {
  for (let index = 0; index < buffered.length; index++)
    if (buffered.start(index) <= currentTime + 0.1 && buffered.end(index) >= currentTime)
      return buffered.end(index) - currentTime;
  return 0;
}
