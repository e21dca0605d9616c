import type { TimelineRun } from './mpd.js';

/** Writes segments as runs of equal duration, with their time where it is not the end of the one before. ISO/IEC 23009-1 §5.3.9.6 */
export function timelineRuns(segments: readonly { readonly start: number; readonly end: number }[]): TimelineRun[] {
  const runs: { t?: number; d: number; r?: number }[] = [];
  let previousEnd: number | undefined;
  for (const { start, end } of segments) {
    const last = runs.at(-1);
    const duration = end - start;
    if (last && start === previousEnd && last.d === duration) last.r = (last.r ?? 0) + 1;
    else runs.push({ ...(start !== previousEnd && { t: start }), d: duration });
    previousEnd = end;
  }
  return runs;
}
