import { AsyncLocalStorage } from 'node:async_hooks';

/** The job and the step that the calling code works for. */
export interface RunningJob {
  readonly job: string;
  readonly step: string;
}

const running = new AsyncLocalStorage<RunningJob>();

/** Runs what a step does: whatever is called from it, however deep, knows whose work it is. */
export function withinJob<T>(of: RunningJob, work: () => Promise<T>): Promise<T> {
  return running.run(of, work);
}

/** Whose work this is; undefined outside the steps of jobs. */
export function runningJob(): RunningJob | undefined {
  return running.getStore();
}
