import type { ParameterSets, SliceHeader } from './slice-header.js';
import type { SequenceParameterSet } from './sps.js';

/**
 * Picture order counts, ITU-T H.264 §8.2.1: one value per picture in decode order, ascending in display order since the last IDR.
 * memory_management_control_operation 5 is not followed: it is as rare as IDR-less resets, and only matters where PES time stamps lack.
 */
export class PictureOrder {
  #previousMsb = 0;
  /** Undefined before the first picture, which need not be an IDR: it is taken for near to what came before it. */
  #previousLsb: number | undefined;
  #frameNumOffset = 0;
  #previousFrameNum = 0;

  /** @param sets those that the slice was parsed with */
  next(slice: SliceHeader, sets: ParameterSets): number {
    const sps = sets.sps.get(sets.pps.get(slice.ppsId)?.spsId ?? 0) as SequenceParameterSet;
    if (sps.pictureOrder.type === 0) return this.#byLsb(slice, 2 ** sps.pictureOrder.lsbBits);
    if (slice.idr) this.#frameNumOffset = 0;
    else if (this.#previousFrameNum > slice.frameNum) this.#frameNumOffset += 2 ** sps.frameNumBits;
    this.#previousFrameNum = slice.frameNum;
    const absolute = this.#frameNumOffset + slice.frameNum;
    return sps.pictureOrder.type === 1
      ? orderByCycle(slice, absolute, sps.pictureOrder)
      : absolute * 2 - (slice.nalRefIdc === 0 ? 1 : 0);
  }

  /** §8.2.1.1 */
  #byLsb(slice: SliceHeader, modulus: number): number {
    if (slice.idr) this.#previousMsb = this.#previousLsb = 0;
    this.#previousLsb ??= slice.orderLsb;
    const step = slice.orderLsb - this.#previousLsb;
    const wrap = step <= -modulus / 2 ? modulus : step > modulus / 2 ? -modulus : 0;
    const msb = this.#previousMsb + wrap;
    if (slice.nalRefIdc !== 0) {
      this.#previousMsb = msb;
      this.#previousLsb = slice.orderLsb;
    }
    return msb + slice.orderLsb + Math.min(0, slice.deltaOrderBottom);
  }
}

/** §8.2.1.2 */
function orderByCycle(
  slice: SliceHeader,
  absoluteFrame: number,
  scheme: Extract<SequenceParameterSet['pictureOrder'], { type: 1 }>,
): number {
  const cycle = scheme.offsetsForReference;
  const reference = slice.nalRefIdc !== 0;
  const frame = cycle.length === 0 ? 0 : absoluteFrame - (reference || absoluteFrame === 0 ? 0 : 1);
  const perCycle = cycle.reduce((sum, offset) => sum + offset, 0);
  const whole = frame > 0 ? Math.floor((frame - 1) / cycle.length) : 0;
  const inCycle = frame > 0 ? (frame - 1) % cycle.length : -1;
  const within = cycle.slice(0, inCycle + 1).reduce((sum, offset) => sum + offset, 0);
  const expected = whole * perCycle + within + (reference ? 0 : scheme.offsetForNonReference);
  return expected + slice.deltaOrder0;
}
