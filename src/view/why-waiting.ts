/** Places of a queue: jobs of it that run at a time. */
interface Places {
  readonly perProcess: number;
  /** on all machines together; null: no such limit */
  readonly everywhere: number | null;
}

/**
 * Why the next job of a queue waits: whether all places are taken, of which kind, and how many there are.
 * @param held places that are taken
 * @param workers processes that work on jobs
 */
export function whyWaiting({ perProcess, everywhere }: Places, held: number, workers: number): string {
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
