/** Seconds between two cuts at least: an intra-coded source could be cut at every picture. */
const shortestSegment = 0.4;
/** Seconds between cuts where no picture says where. */
const step = 1;

/** Those times of `times` that are among `others`, too. Both ascend. @param tolerance seconds */
export function commonTimes(times: readonly number[], others: readonly number[], tolerance: number): number[] {
  let at = 0;
  return times.filter((time) => {
    while (at < others.length && (others[at] as number) < time - tolerance) at += 1;
    return Math.abs((others[at] ?? Infinity) - time) <= tolerance;
  });
}

/** Times that are not too near to one another. */
export function thinned(times: readonly number[]): number[] {
  let last = -Infinity;
  return times.filter((time) => {
    if (time - last < shortestSegment) return false;
    last = time;
    return true;
  });
}

/** Times a step apart between two times, not too near to the second. @param most times there may be: the steps are longer if need be */
export function everyStep(from: number, to: number, most: number): number[] {
  const apart = Math.max(step, (to - from) / Math.max(1, most));
  const count = Math.max(0, Math.floor((to - shortestSegment - from) / apart));
  return Array.from({ length: count }, (_, index) => from + (index + 1) * apart);
}
