import { isVideo, type Track } from '../model/track.js';
import type { CutTrack } from './cut-movies.js';
import { frameRate } from './frame-rate.js';
import { canonicalLanguage } from '../model/language.js';
import type { MediaTrack } from './movie-track.js';

/** What the index says of a track of an MP4. @param fingerprint of audio: equal for what is the same elsewhere */
export async function movieModel(track: MediaTrack, cut: CutTrack, fingerprint: () => Promise<string>): Promise<Track> {
  const { id, timescale, configuration } = track;
  if (isVideo(configuration)) {
    const rate = frameRate(
      { frames: track.end - track.first, ticks: cut.duration, timescale },
      configuration.frameRate,
    );
    return {
      kind: 'video',
      pid: id,
      configuration: { ...configuration, ...(rate && { frameRate: rate }) },
      timescale,
      decodeShift: cut.decodeShift,
    };
  }
  const language = canonicalLanguage(track.language);
  return {
    kind: 'audio',
    pid: id,
    configuration,
    timescale,
    ...(language !== undefined && { language }),
    ...(track.name !== undefined && { name: track.name }),
    jitter: 0,
    fingerprint: await fingerprint(),
  };
}
