import type { EndpointProgress, ReportProgress } from '../egress.js';

/** milliseconds between two reports */
const reportInterval = 250;

export interface ProgressMeter {
  add(change: Partial<Omit<EndpointProgress, 'segmentsTotal'>>): void;
  /** Reports now, whenever the last one was. */
  finish(): void;
}

/** Adds up what was done and reports it at most four times a second. */
export function progressMeter(start: EndpointProgress, report: ReportProgress): ProgressMeter {
  let { segmentsDone, bytesRead, bytesWritten } = start;
  let last = 0;
  const now = (): EndpointProgress => ({ segmentsDone, segmentsTotal: start.segmentsTotal, bytesRead, bytesWritten });
  return {
    add(change) {
      segmentsDone += change.segmentsDone ?? 0;
      bytesRead += change.bytesRead ?? 0;
      bytesWritten += change.bytesWritten ?? 0;
      if (performance.now() - last < reportInterval) return;
      last = performance.now();
      report(now());
    },
    finish: () => report(now()),
  };
}
