import type { HevcConfiguration } from '../../model/video.js';
import { type DisplayPlace, displayPlaces } from '../display-place.js';
import { isKeyPicture, nalType } from './nal-unit.js';
import { parameterSets } from './parameter-sets.js';
import { PictureOrder } from './picture-order.js';
import { parseSliceHeader } from './slice-header.js';

/**
 * Display order by picture order counts, for pictures whose PES packets do not tell it.
 * @param slices offsets of the NAL unit headers of the pictures' first slices @throws MalformedError
 */
export function displayOrder(
  bytes: Uint8Array,
  slices: readonly number[],
  configuration: HevcConfiguration,
): DisplayPlace[] {
  const sets = parameterSets(configuration);
  const order = new PictureOrder();
  let sequence = 0;
  const counted = slices.map((at, index) => {
    const header = parseSliceHeader(bytes.subarray(at), sets);
    if (index > 0 && isKeyPicture(header.type) && header.type !== nalType.cra) sequence += 1;
    return { sequence, count: order.next(header) };
  });
  return displayPlaces(counted, 1);
}
