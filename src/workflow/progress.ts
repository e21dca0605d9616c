import type { Logger } from 'pino';
import type { JobJournal } from '../status/job-journal.js';
import type { JobProgress } from './definition.js';

/** milliseconds between two writes of a progress */
const writeEveryMs = 300;

/**
 * Writes the latest progress, not every one: `report` may be called for each segment. `flush` writes what is left.
 * @param jobIds the jobs that show it
 */
export function progressReporter(
  journal: Pick<JobJournal, 'reportProgress'>,
  jobIds: readonly string[],
  log: Logger,
): { report: (progress: JobProgress) => void; flush: () => Promise<void> } {
  let latest: JobProgress | undefined;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  function write(): void {
    const progress = latest;
    latest = undefined;
    if (!progress) return;
    // Progress is for watching: that it could not be written fails no work.
    const written = Promise.all(jobIds.map((jobId) => journal.reportProgress(jobId, progress)));
    writing = written.then(
      () => undefined,
      (error: unknown) => log.debug({ jobs: jobIds, reason: String(error) }, 'progress was not written'),
    );
  }

  function report(progress: JobProgress): void {
    latest = progress;
    if (timer) return;
    write();
    timer = setTimeout(() => {
      timer = undefined;
      if (latest) report(latest);
    }, writeEveryMs).unref();
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    await writing;
    write();
    await writing;
  }
  return { report, flush };
}
