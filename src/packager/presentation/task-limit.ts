import { PackagerError } from '../errors.js';
import type { SegmentTask } from './segment-task.js';

/** bytes of source that one task reads: it holds them all at once. */
export const maximumTaskBytes = 256 * 1024 * 1024;

/** @param given how much it is */
export function taskTooLarge(
  { reads, segments, rendition, segmentNumber }: Omit<SegmentTask, 'id'>,
  given: string,
): PackagerError {
  const remedy =
    segments.length > 1
      ? `it joins ${segments.length} segments of the source: give a smaller SegmentDurationSeconds`
      : 'the source has no place to cut it at: key pictures must be closer to each other';
  return new PackagerError(
    'source_too_large',
    `a segment is made of ${given} of source, at most ${maximumTaskBytes} (maximumTaskBytes) may be held at once; ${remedy}`,
    { rendition, segment: segmentNumber, ...(reads[0] && { uri: reads[0].uri }) },
  );
}
