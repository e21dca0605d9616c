/** A picture's place in display among those of its coded video sequence (IDR to IDR). */
export interface DisplayPlace {
  /** Ordinal of the coded video sequence. */
  readonly sequence: number;
  /** In frames; only differences within the sequence mean something, since its first pictures may be in an earlier segment. */
  readonly place: number;
}

/** A picture order count, within its sequence. */
interface CountedPicture {
  readonly sequence: number;
  readonly count: number;
}

/**
 * Places by picture order counts: they step by as much from frame to frame as the smallest step that there is.
 * @param usualStep where there is none
 */
export function displayPlaces(counted: readonly CountedPicture[], usualStep: number): DisplayPlace[] {
  const step = smallestStep(counted) ?? usualStep;
  return counted.map(({ sequence, count }) => ({ sequence, place: count / step }));
}

function smallestStep(counted: readonly CountedPicture[]): number | undefined {
  const sorted = counted.toSorted((a, b) => a.sequence - b.sequence || a.count - b.count);
  let smallest = Infinity;
  for (const [index, { sequence, count }] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before?.sequence === sequence && count > before.count) smallest = Math.min(smallest, count - before.count);
  }
  return Number.isFinite(smallest) ? smallest : undefined;
}
