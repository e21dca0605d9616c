import { BitReader } from '../../bits/bit-reader.js';
import { rawByteSequence } from '../../bits/emulation-prevention.js';
import { MalformedError } from '../../bits/malformed.js';
import { nalType } from './nal-unit.js';
import type { PictureParameterSet } from './pps.js';
import type { SequenceParameterSet } from './sps.js';

/** The start of a slice header, ITU-T H.264 §7.3.3: what tells pictures apart and orders them. */
export interface SliceHeader {
  readonly nalRefIdc: number;
  readonly idr: boolean;
  readonly firstMb: number;
  /** slice_type modulo 5: 0 P, 1 B, 2 I, 3 SP, 4 SI */
  readonly sliceType: number;
  readonly ppsId: number;
  readonly frameNum: number;
  readonly fieldPicture: boolean;
  readonly bottomField: boolean;
  readonly idrPicId: number;
  readonly orderLsb: number;
  readonly deltaOrderBottom: number;
  readonly deltaOrder0: number;
  readonly deltaOrder1: number;
}

/** Parameter sets in force, by their ids. */
export interface ParameterSets {
  readonly sps: ReadonlyMap<number, SequenceParameterSet>;
  readonly pps: ReadonlyMap<number, PictureParameterSet>;
}

/** A slice header's fields up to the picture order count take fewer bytes than this. */
const headerBytes = 64;

/** @param nal with its header byte @throws MalformedError, also when it names a parameter set that is not there */
export function parseSliceHeader(nal: Uint8Array, sets: ParameterSets): SliceHeader {
  const head = nal[0] ?? 0;
  const idr = (head & 31) === nalType.idrSlice;
  const reader = new BitReader(rawByteSequence(nal, headerBytes).subarray(1));
  const firstMb = reader.ue();
  const sliceType = reader.ue() % 5;
  const ppsId = reader.ue();
  const pps = sets.pps.get(ppsId);
  const sps = pps && sets.sps.get(pps.spsId);
  if (!sps) throw new MalformedError(`slice refers to PPS ${ppsId}, which has not come before it`, 1);
  if (sps.separateColourPlanes) reader.skip(2); // colour_plane_id
  const frameNum = reader.bits(sps.frameNumBits);
  const fieldPicture = !sps.frameMbsOnly && reader.flag();
  const bottomField = fieldPicture && reader.flag();
  const idrPicId = idr ? reader.ue() : 0;
  const order = parseOrder(reader, sps, pps.bottomFieldOrderInFrame && !fieldPicture);
  const nalRefIdc = (head >> 5) & 3;
  return { nalRefIdc, idr, firstMb, sliceType, ppsId, frameNum, fieldPicture, bottomField, idrPicId, ...order };
}

type Order = Pick<SliceHeader, 'orderLsb' | 'deltaOrderBottom' | 'deltaOrder0' | 'deltaOrder1'>;

function parseOrder(reader: BitReader, { pictureOrder }: SequenceParameterSet, bottom: boolean): Order {
  const order = { orderLsb: 0, deltaOrderBottom: 0, deltaOrder0: 0, deltaOrder1: 0 };
  if (pictureOrder.type === 0) {
    order.orderLsb = reader.bits(pictureOrder.lsbBits);
    if (bottom) order.deltaOrderBottom = reader.se();
  } else if (pictureOrder.type === 1 && !pictureOrder.deltaAlwaysZero) {
    order.deltaOrder0 = reader.se();
    if (bottom) order.deltaOrder1 = reader.se();
  }
  return order;
}

/** ITU-T H.264 §7.4.1.2.4: is `next` the first slice of another primary picture than `previous`? */
export function isOtherPicture(previous: SliceHeader, next: SliceHeader): boolean {
  return (
    previous.frameNum !== next.frameNum ||
    previous.ppsId !== next.ppsId ||
    previous.fieldPicture !== next.fieldPicture ||
    previous.bottomField !== next.bottomField ||
    (previous.nalRefIdc === 0) !== (next.nalRefIdc === 0) ||
    previous.idr !== next.idr ||
    previous.idrPicId !== next.idrPicId ||
    previous.orderLsb !== next.orderLsb ||
    previous.deltaOrderBottom !== next.deltaOrderBottom ||
    previous.deltaOrder0 !== next.deltaOrder0 ||
    previous.deltaOrder1 !== next.deltaOrder1
  );
}

/** Is `next` the second field of the frame whose first field is `previous`? ITU-T H.264 §3.30; both make one sample. */
export function completesFrame(previous: SliceHeader, next: SliceHeader): boolean {
  return (
    previous.fieldPicture &&
    next.fieldPicture &&
    previous.bottomField !== next.bottomField &&
    previous.frameNum === next.frameNum &&
    !next.idr &&
    (previous.nalRefIdc === 0) === (next.nalRefIdc === 0)
  );
}
