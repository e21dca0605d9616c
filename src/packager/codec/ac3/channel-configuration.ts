import type { DolbyConfiguration } from '../../model/track.js';

/** Bits of a channel map, ETSI TS 102 366 table E.1.4. */
const place = {
  left: 0x8000,
  centre: 0x4000,
  right: 0x2000,
  leftSurround: 0x1000,
  rightSurround: 0x0800,
  surround: 0x0100,
  lfe: 0x0001,
};
const stereo = place.left | place.right;
const surrounds = place.leftSurround | place.rightSurround;

/** By acmod, table 4.3. Two programmes of one channel are heard as two channels. */
const maps = [
  stereo,
  place.centre,
  stereo,
  stereo | place.centre,
  stereo | place.surround,
  stereo | place.centre | place.surround,
  stereo | surrounds,
  stereo | place.centre | surrounds,
] as const;

/** The value of `tag:dolby.com,2014:dash:audio_channel_configuration:2011`, §I.1.2.1: a channel map in four hexadecimal digits. */
export function channelMap({ codingMode, lfe }: Pick<DolbyConfiguration, 'codingMode' | 'lfe'>): string {
  const map = (maps[codingMode] ?? stereo) | (lfe ? place.lfe : 0);
  return map.toString(16).toUpperCase().padStart(4, '0');
}
