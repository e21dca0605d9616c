/** Size and duration of one segment. */
export interface MeasuredSegment {
  readonly bytes: number;
  /** seconds */
  readonly duration: number;
}

/** Bits per second over the whole, rounded up. */
export function averageBitRate(segments: readonly MeasuredSegment[]): number {
  return bitRate(
    segments.reduce((sum, { bytes }) => sum + bytes, 0),
    segments.reduce((sum, { duration }) => sum + duration, 0),
  );
}

/**
 * Peak segment bit rate, RFC 8216bis §4.4.6.2: the largest of any run of segments that lasts at least half the target duration, so that a
 * short last segment does not count by itself. Runs are taken as short as that allows, from each segment forwards and backwards.
 * @param targetDuration seconds
 */
export function peakBitRate(segments: readonly MeasuredSegment[], targetDuration: number): number {
  return Math.max(
    averageBitRate(segments),
    peakOfRuns(segments, targetDuration / 2),
    peakOfRuns(segments.toReversed(), targetDuration / 2),
  );
}

function peakOfRuns(segments: readonly MeasuredSegment[], atLeast: number): number {
  let peak = 0;
  let [end, bytes, duration] = [0, 0, 0];
  for (const first of segments) {
    for (let next = segments[end]; next && duration < atLeast; next = segments[end]) {
      bytes += next.bytes;
      duration += next.duration;
      end++;
    }
    if (duration < atLeast) break; // what is left is too short
    peak = Math.max(peak, bitRate(bytes, duration));
    bytes -= first.bytes;
    duration -= first.duration;
  }
  return peak;
}

function bitRate(bytes: number, seconds: number): number {
  return seconds > 0 ? Math.ceil((bytes * 8) / seconds) : 0;
}
