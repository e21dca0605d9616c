import { isKeyPicture, nalType } from './nal-unit.js';
import type { SliceHeader } from './slice-header.js';

/** Picture order counts, ITU-T H.265 §8.3.1: one value per picture in decode order, ascending in display order since the last IDR or BLA. */
export class PictureOrder {
  #previousMsb = 0;
  /** Undefined before the first picture. */
  #previousLsb: number | undefined;

  next(slice: SliceHeader): number {
    const { type, orderLsb, orderBits } = slice;
    const modulus = 2 ** orderBits;
    // NoRaslOutputFlag: a CRA inside a stream goes on counting.
    const restarts = isKeyPicture(type) && (type !== nalType.cra || this.#previousLsb === undefined);
    const step = orderLsb - (this.#previousLsb ?? orderLsb);
    const wrap = step <= -modulus / 2 ? modulus : step > modulus / 2 ? -modulus : 0;
    const msb = restarts ? 0 : this.#previousMsb + wrap;
    if (isAnchor(slice)) {
      this.#previousMsb = msb;
      this.#previousLsb = orderLsb;
    }
    return msb + orderLsb;
  }
}

/** prevTid0Pic: of the lowest temporal layer, and neither a leading picture nor one that nothing refers to. */
function isAnchor({ type, temporalId }: SliceHeader): boolean {
  const isLeading = type >= nalType.radlN && type <= nalType.raslR;
  const isUnreferenced = type <= nalType.lastSubLayerNonReference && type % 2 === 0;
  return temporalId === 0 && !isLeading && !isUnreferenced;
}
