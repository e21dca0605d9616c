import type { AudioCoding } from '../codec/audio-coding.js';
import { PackagerError } from '../errors.js';
import type { AudioConfiguration } from '../model/track.js';
import type { AudioHead } from './track-head.js';

/** The configuration of a period's audio: the same at every segment's head that says it. @throws PackagerError */
export function audioConfiguration(heads: readonly AudioHead[]): AudioConfiguration {
  let first: AudioCoding | undefined;
  for (const { coding } of heads) {
    first ??= coding;
    if (!first || !coding || coding.description === first.description) continue;
    throw new PackagerError(
      'source_unsupported',
      `audio changes without EXT-X-DISCONTINUITY: it was ${first.description}, and is ${coding.description}`,
    );
  }
  if (first) return first.configuration;
  throw new PackagerError('source_invalid', 'no frame of the audio says how it is coded (StreamMuxConfig)');
}

/** Rounding of a multiplexer that counts in 90 kHz, on both sides of a comparison and of our own grid. */
const ordinaryJitter = 3;
/** One millisecond in ticks of 90 kHz. */
const millisecond = 90;
/** With fewer stamps, being whole milliseconds apart may be chance. */
const enoughStamps = 4;

/**
 * Ticks by which time stamps may be off the grid of frames. Sources that went through FLV, Matroska or RTMP carry times rounded to
 * milliseconds: their stamps are whole milliseconds apart.
 */
export function audioJitter(heads: readonly AudioHead[]): number {
  const base = heads[0]?.pts ?? 0;
  const inMilliseconds = heads.length >= enoughStamps && heads.every(({ pts }) => (pts - base) % millisecond === 0);
  return inMilliseconds ? millisecond + ordinaryJitter : ordinaryJitter;
}
