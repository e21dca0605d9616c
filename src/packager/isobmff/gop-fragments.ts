import type { IFrame } from '../model/i-frame.js';
import { splitSamples, syncIndexes } from '../model/split-samples.js';
import { mediaFragment, type MediaSegment } from './media-segment.js';

/** Sequence numbers that a segment's fragments may take: more key pictures than that share the last fragment. */
const sequenceNumbers = 1024;

/**
 * A segment with a fragment for each group of pictures, so that a byte range from a fragment's start to the end of its first sample shows a key
 * picture: what I-frame playlists point to.
 */
export function gopFragments({ sequenceNumber, samples, end, events }: MediaSegment): {
  data: Uint8Array[];
  iFrames: IFrame[];
} {
  const keys = syncIndexes(samples);
  const starts = [...new Set([0, ...keys])].slice(0, sequenceNumbers);
  const data: Uint8Array[] = [];
  const iFrames: IFrame[] = [];
  let offset = 0;
  for (const [index, part] of splitSamples(samples, starts).entries()) {
    const next = starts[index + 1];
    const fragment = mediaFragment({
      sequenceNumber: (sequenceNumber - 1) * sequenceNumbers + index + 1,
      samples: part,
      end: next === undefined ? end : (samples.decodeTimes[next] as number),
      isFirst: index === 0,
      ...(events && { events }),
    });
    if (part.sync[0]) {
      const time = (part.decodeTimes[0] as number) + (part.compositionOffsets[0] as number);
      iFrames.push({ time, offset, length: (fragment[0] as Uint8Array).length + (part.sizes[0] as number) });
    }
    for (const view of fragment) {
      data.push(view);
      offset += view.length;
    }
  }
  return { data, iFrames };
}
