import type { MediaPlayerClass, Representation } from 'dashjs';
import {
  bufferedAhead,
  watchPlayback,
  type Playback,
  type PlaybackState,
  type PlaybackStats,
  type Variant,
} from './playback';

/** [MS-SSTR] §2.2.1: client manifests have no extension. */
export function isSmooth(manifest: string): boolean {
  return /\.isml?\/Manifest$/i.test(manifest);
}

/**
 * Plays Smooth Streaming, which Shaka Player has no part for since version 5: by dash.js, with the part of it that knows Smooth Streaming. Its own
 * tracks are of one kind each, so a variant is a picture with the sound that is heard. It tells of no texts and no segments.
 */
export function openSmooth(
  video: HTMLVideoElement,
  manifest: string,
  onChange: (state: PlaybackState) => void,
): Playback {
  let player: MediaPlayerClass | undefined;
  let downloaded = 0;
  const waits = watchWaits(video);
  const { change, closed, close } = watchPlayback(video, onChange, measure);

  const pictures = () => player?.getRepresentationsByType('video') ?? [];
  function look(): void {
    if (!player) return;
    const playing = player.getCurrentRepresentationForType('video');
    const sound = player.getCurrentRepresentationForType('audio');
    const language = player.getCurrentTrackFor('audio')?.lang ?? undefined;
    change({ variants: pictures().map((picture) => variantOf(picture, sound, { playing, language })) });
  }
  function measure(): void {
    if (!player) return;
    look();
    const bits = player.getAverageThroughput('video') * 1000;
    change({ stats: { ...statsOf(video, bits), ...waits.seconds(), downloaded } });
  }
  const fail = (error: unknown) => change({ phase: 'failed', error: wordsOf(error) });

  async function open(): Promise<void> {
    const { MediaPlayer } = await import('dashjs');
    // It adds itself to what the first one left in the window.
    await import('dashjs/mss');
    if (closed()) return;
    player = MediaPlayer().create();
    const { events } = MediaPlayer;
    player.on(events.ERROR, ({ error }) => fail(error));
    player.on(events.STREAM_INITIALIZED, () => (change({ phase: 'ready' }), look()));
    player.on(events.QUALITY_CHANGE_RENDERED, look);
    player.on(events.FRAGMENT_LOADING_COMPLETED, ({ response }) => {
      downloaded += response instanceof ArrayBuffer ? response.byteLength : 0;
    });
    player.initialize(video, manifest, false);
  }

  const opening = open().catch(fail);

  return {
    choose(id) {
      if (!player) return;
      const chosen = pictures().find(({ absoluteIndex }) => absoluteIndex === id);
      player.updateSettings({ streaming: { abr: { autoSwitchBitrate: { video: chosen === undefined } } } });
      if (chosen) player.setRepresentationForTypeById('video', chosen.id, true);
      change({ chosen: chosen?.absoluteIndex });
      look();
    },
    // There are none to choose from.
    showText() {},
    close() {
      close();
      waits.stop();
      void opening.then(() => player?.destroy());
    },
  };
}

interface Now {
  readonly playing: Representation | null;
  readonly language: string | undefined;
}

function variantOf(picture: Representation, sound: Representation | null, { playing, language }: Now): Variant {
  return {
    id: picture.absoluteIndex,
    label: `${picture.width}×${picture.height}, ${Math.round(picture.bitrateInKbit)} kbit/s`,
    video: picture.codecs ?? '–',
    audio: sound?.codecs ?? '–',
    language: language === undefined || language === 'und' ? '–' : language,
    active: picture.id === playing?.id,
  };
}

function statsOf(video: HTMLVideoElement, estimatedBandwidth: number) {
  const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
  return {
    bufferedSeconds: bufferedAhead(video),
    ...(estimatedBandwidth > 0 && { estimatedBandwidth }),
    ...{ decodedFrames: totalVideoFrames, droppedFrames: droppedVideoFrames },
  };
}

interface Waits {
  seconds(): Pick<PlaybackStats, 'loadSeconds' | 'waitedSeconds'>;
  stop(): void;
}

/** How long it took until it could be played, and how long it had to wait since. */
function watchWaits(video: HTMLVideoElement): Waits {
  const listening = new AbortController();
  const begun = performance.now();
  let loadSeconds = 0;
  let waitedSeconds = 0;
  let waitsSince: number | undefined;
  const { signal } = listening;
  const since = (from: number) => (performance.now() - from) / 1000;
  video.addEventListener('canplay', () => (loadSeconds ||= since(begun)), { signal });
  video.addEventListener('waiting', () => (waitsSince ??= performance.now()), { signal });
  video.addEventListener(
    'playing',
    () => {
      if (waitsSince !== undefined) waitedSeconds += since(waitsSince);
      waitsSince = undefined;
    },
    { signal },
  );
  return { seconds: () => ({ loadSeconds, waitedSeconds }), stop: () => listening.abort() };
}

/** dash.js's errors have a number and a sentence. */
function wordsOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}
