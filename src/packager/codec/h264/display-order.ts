import type { AvcConfiguration } from '../../model/track.js';
import { parameterSets } from './parameter-sets.js';
import { PictureOrder } from './picture-order.js';
import { parseSliceHeader } from './slice-header.js';

/** A picture's place among those of its coded video sequence (IDR to IDR). */
export interface DisplayPlace {
  /** Ordinal of the coded video sequence. */
  readonly sequence: number;
  /** Place in display order, from 0. */
  readonly rank: number;
}

/**
 * Display order by picture order counts, for pictures whose PES packets do not tell it.
 * @param slices offsets of the NAL unit headers of the pictures' first slices @throws MalformedError
 */
export function displayOrder(
  bytes: Uint8Array,
  slices: readonly number[],
  configuration: AvcConfiguration,
): DisplayPlace[] {
  const sets = parameterSets(configuration);
  const order = new PictureOrder();
  const sequences: { index: number; count: number }[][] = [[]];
  for (const [index, at] of slices.entries()) {
    const header = parseSliceHeader(bytes.subarray(at), sets);
    const sps = sets.sps.get(sets.pps.get(header.ppsId)?.spsId ?? -1);
    if (!sps) continue;
    if (header.idr && index > 0) sequences.push([]);
    sequences.at(-1)?.push({ index, count: order.next(header, sps) });
  }
  const places = new Array<DisplayPlace>(slices.length);
  for (const [sequence, pictures] of sequences.entries()) {
    const sorted = pictures.toSorted((a, b) => a.count - b.count || a.index - b.index);
    for (const [rank, { index }] of sorted.entries()) places[index] = { sequence, rank };
  }
  return places;
}
