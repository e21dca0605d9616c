/** Places of a queue: jobs of it that run at a time. */
interface Places {
  readonly perProcess: number;
  /** on all machines together; null: no such limit */
  readonly everywhere: number | null;
}

/**
 * Why the next job of a queue waits: whether all places are taken, of which kind, and how many there are.
 * @param held places that are taken
 * @param workers processes that work on jobs, as `workersOf` counts them
 */
export function whyWaiting({ perProcess, everywhere }: Places, held: number, workers: number): string {
  if (workers === 0) return 'Nobody works on it now: no server and no worker runs.';
  const places = (count: number) => (count === 1 ? 'The only place' : `All ${count} places`);
  const taken = (count: number) => (count === 1 ? 'is taken' : 'are taken');
  if (everywhere !== null && held >= everywhere)
    return `${places(everywhere)} of all machines together ${taken(everywhere)}; the next begins when one of them ends.`;
  if (held >= perProcess * workers)
    return workers === 1
      ? `${places(perProcess)} ${taken(perProcess)}; the next begins when one of them ends.`
      : `All ${perProcess * workers} places (${perProcess} on each of ${workers} workers) are taken; the next begins when one of them ends.`;
  return `${held} of ${perProcess * workers} places are taken: the next begins in a moment.`;
}

interface Workers {
  readonly database: 'embedded' | 'server';
  readonly workers: readonly unknown[];
}

/** How many processes work on jobs: on an embedded database its own, which gives no sign of life; none where nobody serves it. */
export function workersOf({ database, workers }: Workers, served: boolean): number {
  if (!served) return 0;
  return database === 'embedded' ? 1 : workers.length;
}
