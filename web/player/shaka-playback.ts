import type shaka from 'shaka-player';
import {
  bufferedAhead,
  watchPlayback,
  type Playback,
  type PlaybackState,
  type PlaybackStats,
  type Text,
  type Variant,
} from './playback';
import { watchSegments, type SegmentWatch } from './segments';

/** Plays a manifest in the element; `onChange` is told everything that is to be shown. The player is loaded when it is needed first. */
export function openShaka(
  video: HTMLVideoElement,
  manifest: string,
  onChange: (state: PlaybackState) => void,
): Playback {
  let player: shaka.Player | undefined;
  let segments: SegmentWatch | undefined;
  const { change, closed, close } = watchPlayback(video, onChange, measure);

  function look(): void {
    if (!player) return;
    change({
      variants: player.getVariantTracks().map(variantOf),
      texts: player.getTextTracks().map(textOf),
    });
  }
  function measure(): void {
    if (!player) return;
    change({
      stats: statsOf(player.getStats(), bufferedAhead(video)),
      segments: segments?.around(video.currentTime) ?? [],
    });
  }
  const fail = (error: unknown) => change({ phase: 'failed', error: wordsOf(error) });

  async function open(): Promise<void> {
    const library = (await import('shaka-player')).default;
    if (closed()) return;
    library.polyfill.installAll();
    player = new library.Player();
    segments = watchSegments(library, player);
    for (const event of ['adaptation', 'variantchanged', 'trackschanged', 'textchanged', 'texttrackvisibility'])
      player.addEventListener(event, look);
    player.addEventListener('error', (event) => fail((event as unknown as { detail: unknown }).detail));
    await player.attach(video);
    await player.load(manifest);
    change({ phase: 'ready' });
    look();
  }

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
    showText(id) {
      player?.selectTextTrack(player.getTextTracks().find((track) => track.id === id) ?? null);
      look();
    },
    close() {
      close();
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

function textOf({ id, language, label, kind, active }: shaka.extern.TextTrack): Text {
  const name = label ?? (language === 'und' ? 'unknown language' : language);
  return { id, active, label: kind === null || kind === 'subtitle' ? name : `${name}, ${kind}` };
}

function statsOf(stats: shaka.extern.Stats, bufferedSeconds: number): PlaybackStats {
  const { estimatedBandwidth, decodedFrames, droppedFrames, loadLatency, bufferingTime } = stats;
  // What it cannot measure it gives as NaN.
  return {
    ...{ bufferedSeconds, ...(estimatedBandwidth > 0 && { estimatedBandwidth }) },
    ...{ decodedFrames: decodedFrames || 0, droppedFrames: droppedFrames || 0 },
    ...{ loadSeconds: loadLatency || 0, waitedSeconds: bufferingTime || 0 },
    ...{ gaps: stats.gapsJumped || 0, stalls: stats.stallsDetected || 0, downloaded: stats.bytesDownloaded || 0 },
  };
}

/** The player's errors are numbers (shaka.util.Error). */
function wordsOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && 'category' in error)
    return `The player gave up with error ${String(error.code)} (category ${String(error.category)}).`;
  return error instanceof Error ? error.message : String(error);
}
