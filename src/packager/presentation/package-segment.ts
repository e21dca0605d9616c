import { PackagerError } from '../errors.js';
import { mediaSegment } from '../isobmff/media-segment.js';
import type { Samples } from '../model/samples.js';
import { demuxSegment } from '../mpegts/demuxer.js';
import type { PlannedOutput, SegmentOutput, SegmentTask } from './segment-task.js';

/**
 * Makes the output segments of a task. Synchronous, and without copies of media: the outputs are views of `bytes`, which are changed in
 * place, so they are valid until those are reused.
 * @param bytes of each of `task.reads`, in that order
 * @throws PackagerError naming rendition, segment, byte and time, when the bytes are damaged or not what was indexed
 */
export function packageSegment(task: SegmentTask, bytes: readonly Uint8Array[]): SegmentOutput[] {
  try {
    const demuxed = demuxAll(task, bytes);
    return task.outputs.map((output) => writeOutput(output, demuxed));
  } catch (error) {
    throw error instanceof PackagerError ? error.at({ rendition: task.rendition, segment: task.segmentNumber }) : error;
  }
}

/** The samples of each source segment, by track. */
function demuxAll(
  { segments, period, reads, rendition, segmentNumber }: SegmentTask,
  bytes: readonly Uint8Array[],
): Samples[][] {
  if (bytes.length !== reads.length)
    throw new Error(`a task needs the bytes of ${reads.length} reads; given: ${bytes.length}`);
  let read = 0;
  return segments.map((segment, index) => {
    const own = bytes[read++] ?? new Uint8Array();
    const tail = segment.tail ? bytes[read++] : undefined;
    try {
      return demuxSegment(own, { period, segment }, tail);
    } catch (error) {
      throw error instanceof PackagerError ? error.at({ rendition, segment: segmentNumber + index }) : error;
    }
  });
}

function writeOutput(
  { name, contentType, track, sequenceNumber, end }: PlannedOutput,
  demuxed: readonly Samples[][],
): SegmentOutput {
  const samples = joinSamples(demuxed.flatMap((tracks) => tracks[track] ?? []));
  const data = mediaSegment({ sequenceNumber, samples, end });
  return { name, contentType, data, size: data.reduce((sum, part) => sum + part.length, 0) };
}

/** One after the other; their times are on one time line already. */
function joinSamples(parts: readonly Samples[]): Samples {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  return {
    data: parts.flatMap(({ data }) => data),
    sizes: parts.flatMap(({ sizes }) => sizes),
    decodeTimes: parts.flatMap(({ decodeTimes }) => decodeTimes),
    compositionOffsets: parts.flatMap(({ compositionOffsets }) => compositionOffsets),
    sync: parts.flatMap(({ sync }) => sync),
  };
}
