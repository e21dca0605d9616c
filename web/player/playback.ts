import type shaka from 'shaka-player';

export interface PlaybackState {
  readonly phase: 'loading' | 'ready' | 'playing' | 'ended' | 'failed';
  readonly variants: readonly Variant[];
  /** languages of text tracks */
  readonly texts: readonly string[];
  /** id of the variant that a person chose; absent: the player chooses */
  readonly chosen?: number | undefined;
  readonly stats?: PlaybackStats;
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

export interface PlaybackStats {
  readonly bufferedSeconds: number;
  /** bits per second */
  readonly estimatedBandwidth?: number;
  readonly droppedFrames: number;
}

export interface Playback {
  /** @param id of a variant; undefined: the player chooses */
  choose(id: number | undefined): void;
  close(): void;
}

/** milliseconds between two looks at what the player measures */
const measureEveryMs = 1000;

/** Plays a manifest in the element; `onChange` is told everything that is to be shown. The player is loaded when it is needed first. */
export function openPlayback(
  video: HTMLVideoElement,
  manifest: string,
  onChange: (state: PlaybackState) => void,
): Playback {
  let state: PlaybackState = { phase: 'loading', variants: [], texts: [] };
  let player: shaka.Player | undefined;
  let closed = false;
  const listening = new AbortController();

  function change(changes: Partial<PlaybackState>): void {
    if (closed) return;
    state = { ...state, ...changes };
    onChange(state);
  }
  function look(): void {
    if (!player) return;
    change({
      variants: player.getVariantTracks().map(variantOf),
      texts: player.getTextTracks().map(({ language }) => language),
    });
  }
  function measure(): void {
    if (!player || state.phase === 'loading') return;
    const { estimatedBandwidth, droppedFrames } = player.getStats();
    change({
      stats: {
        bufferedSeconds: bufferedAhead(video),
        ...(estimatedBandwidth > 0 && { estimatedBandwidth }),
        droppedFrames: droppedFrames || 0,
      },
    });
  }
  const fail = (error: unknown) => change({ phase: 'failed', error: wordsOf(error) });

  async function open(): Promise<void> {
    const library = (await import('shaka-player')).default;
    if (closed) return;
    library.polyfill.installAll();
    player = new library.Player();
    for (const event of ['adaptation', 'variantchanged', 'trackschanged']) player.addEventListener(event, look);
    player.addEventListener('error', (event) => fail((event as unknown as { detail: unknown }).detail));
    await player.attach(video);
    await player.load(manifest);
    change({ phase: 'ready' });
    look();
  }

  const { signal } = listening;
  video.addEventListener('playing', () => change({ phase: 'playing' }), { signal });
  video.addEventListener('ended', () => change({ phase: 'ended' }), { signal });
  const measuring = setInterval(measure, measureEveryMs);
  const opening = open().catch(fail);

  return {
    choose(id) {
      if (!player) return;
      const chosen = player.getVariantTracks().find((track) => track.id === id);
      player.configure({ abr: { enabled: chosen === undefined } });
      if (chosen) player.selectVariantTrack(chosen, true);
      change({ chosen: chosen?.id });
      look();
    },
    close() {
      closed = true;
      listening.abort();
      clearInterval(measuring);
      // Not while it opens: the library cannot be stopped in the middle of that.
      void opening.then(() => player?.destroy());
    },
  };
}

function variantOf(track: shaka.extern.Track): Variant {
  const size = track.width && track.height ? `${track.width}×${track.height}, ` : '';
  const frames = track.frameRate ? `, ${Math.round(track.frameRate * 100) / 100} fps` : '';
  const sound = [
    track.audioCodec,
    track.audioSamplingRate && `${track.audioSamplingRate / 1000} kHz`,
    track.channelsCount && (track.channelsCount === 1 ? 'mono' : `${track.channelsCount} channels`),
  ];
  return {
    id: track.id,
    label: `${size}${Math.round(track.bandwidth / 1000)} kbit/s`,
    video: track.videoCodec ? `${track.videoCodec}${frames}` : '–',
    audio: sound.filter(Boolean).join(', ') || '–',
    language: track.language === 'und' ? '–' : track.language,
    active: track.active,
  };
}

/** seconds that could be played without another byte */
function bufferedAhead({ buffered, currentTime }: HTMLVideoElement): number {
  for (let index = 0; index < buffered.length; index++)
    if (buffered.start(index) <= currentTime + 0.1 && buffered.end(index) >= currentTime)
      return buffered.end(index) - currentTime;
  return 0;
}

/** The player's errors are numbers (shaka.util.Error). */
function wordsOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && 'category' in error)
    return `The player gave up with error ${String(error.code)} (category ${String(error.category)}).`;
  return error instanceof Error ? error.message : String(error);
}
