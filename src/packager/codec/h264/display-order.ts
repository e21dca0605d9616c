import type { AvcConfiguration } from '../../model/track.js';
import { parameterSets } from './parameter-sets.js';
import { PictureOrder } from './picture-order.js';
import { parseSliceHeader } from './slice-header.js';

/** A picture's place in display among those of its coded video sequence (IDR to IDR). */
export interface DisplayPlace {
  /** Ordinal of the coded video sequence. */
  readonly sequence: number;
  /** In frames; only differences within the sequence mean something, since its first pictures may be in an earlier segment. */
  readonly place: number;
}

/**
 * Display order by picture order counts, for pictures whose PES packets do not tell it. Counts step by 2 from frame to frame in most
 * streams, by 1 in some: the smallest step that there is.
 * @param slices offsets of the NAL unit headers of the pictures' first slices @throws MalformedError
 */
export function displayOrder(
  bytes: Uint8Array,
  slices: readonly number[],
  configuration: AvcConfiguration,
): DisplayPlace[] {
  const sets = parameterSets(configuration);
  const order = new PictureOrder();
  let sequence = 0;
  const counted = slices.map((at, index) => {
    const header = parseSliceHeader(bytes.subarray(at), sets);
    if (header.idr && index > 0) sequence += 1;
    return { sequence, count: order.next(header, sets) };
  });
  const step = smallestStep(counted);
  return counted.map(({ sequence, count }) => ({ sequence, place: count / step }));
}

function smallestStep(counted: readonly { readonly sequence: number; readonly count: number }[]): number {
  const sorted = counted.toSorted((a, b) => a.sequence - b.sequence || a.count - b.count);
  let smallest = Infinity;
  for (const [index, { sequence, count }] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before?.sequence === sequence && count > before.count) smallest = Math.min(smallest, count - before.count);
  }
  return Number.isFinite(smallest) ? smallest : 2;
}
