import type { AvcConfiguration } from '../../model/track.js';
import { type DisplayPlace, displayPlaces } from '../display-place.js';
import { parameterSets } from './parameter-sets.js';
import { PictureOrder } from './picture-order.js';
import { parseSliceHeader } from './slice-header.js';

/**
 * Display order by picture order counts, for pictures whose PES packets do not tell it. Counts step by 2 from frame to frame in most
 * streams, by 1 in some.
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
  return displayPlaces(counted, 2);
}
