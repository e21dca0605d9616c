import type { ByteReader } from '../bits/byte-reader.js';
import { PackagerError } from '../errors.js';

/** What an edit list says when it presents one run of a track's media: what we can carry. */
export interface Edit {
  /** Nothing is presented for so long at first: ticks of the movie. */
  readonly delay: number;
  /** The composition time that is presented then: ticks of the track. */
  readonly mediaTime: number;
  /** How much is presented, ticks of the movie; absent: all that there is. */
  readonly duration?: number;
}

export const noEdit: Edit = { delay: 0, mediaTime: 0 };

/** Entries of an edit list. */
const maximumEdits = 10_000;

interface Entry {
  readonly duration: number;
  readonly mediaTime: number;
}

/**
 * Edit list, ISO/IEC 14496-12 §8.6.6, that comes down to: wait, then present the media from a point on.
 * @throws MalformedError; PackagerError source_unsupported for one that presents several runs of media, or presents them at another speed
 */
export function parseEditList(reader: ByteReader): Edit {
  const version = reader.u8();
  reader.skip(3); // flags
  const count = reader.u32();
  if (count > maximumEdits) throw unsupported(`${count} entries; at most ${maximumEdits} (maximumEdits)`);
  const entries = Array.from({ length: count }, (): Entry => {
    const duration = version === 1 ? reader.u64() : reader.u32();
    const mediaTime = version === 1 ? reader.i64() : reader.i32();
    const rate = reader.i32();
    if (mediaTime >= 0 && rate !== 0x1_0000) throw unsupported(`a media rate of ${rate / 0x1_0000}; 1 is allowed`);
    return { duration, mediaTime };
  });
  const first = entries.findIndex(({ mediaTime }) => mediaTime >= 0);
  if (first < 0) return noEdit;
  const delay = entries.slice(0, first).reduce((sum, { duration }) => sum + duration, 0);
  // Nothing is presented after the media: waits at the end only make a track as long as others.
  const last = entries.findLastIndex(({ mediaTime }) => mediaTime >= 0);
  const [run, ...others] = entries.slice(first, last + 1) as [Entry, ...Entry[]];
  if (others.length > 0) throw unsupported(`${others.length + 1} runs of media; one is allowed, with a wait before it`);
  return { delay, mediaTime: run.mediaTime, ...(run.duration > 0 && { duration: run.duration }) };
}

function unsupported(given: string): PackagerError {
  return new PackagerError('source_unsupported', `edit list with ${given}`);
}
