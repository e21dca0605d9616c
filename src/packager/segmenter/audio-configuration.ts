import { aacConfiguration } from '../codec/aac/audio-specific-config.js';
import { PackagerError } from '../errors.js';
import type { AacConfiguration } from '../model/track.js';
import type { AudioHead } from './track-head.js';

/** The configuration of a period's audio: the same at every segment's head. @throws PackagerError */
export function audioConfiguration(heads: readonly AudioHead[]): AacConfiguration {
  const [first] = heads as [AudioHead];
  const describe = ({ header }: AudioHead) =>
    `object type ${header.objectType}, ${header.sampleRate} Hz, channel configuration ${header.channelConfiguration}`;
  const other = heads.find((head) => describe(head) !== describe(first));
  if (other) {
    throw new PackagerError(
      'source_unsupported',
      `AAC changes without EXT-X-DISCONTINUITY: it was ${describe(first)}, and is ${describe(other)}`,
    );
  }
  const configuration = aacConfiguration(first.header);
  if (configuration) return configuration;
  throw new PackagerError(
    'source_unsupported',
    'AAC with channel configuration 0 (channels described in band); 1 to 7 are supported',
  );
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
