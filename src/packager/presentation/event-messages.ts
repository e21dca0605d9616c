import { concat } from '../isobmff/box.js';
import { emsg, id3Scheme } from '../isobmff/boxes/emsg.js';
import type { TimedMetadata } from '../model/timed-metadata.js';
import { rescale } from '../timing/timescale.js';

/** ID3 tags as event messages on the media time line of a track, as its fragments carry them. */
export function eventMessages(metadata: readonly TimedMetadata[], timescale: number): Uint8Array {
  const tags = metadata.filter(({ format }) => format === 'id3');
  return concat(
    ...tags.map(({ time, data }) => emsg({ ...id3Scheme, timescale, time: rescale(time, 90_000, timescale), data })),
  );
}
