import { BitReader } from '../../bits/bit-reader.js';
import { rawByteSequence } from '../../bits/emulation-prevention.js';
import { MalformedError } from '../../bits/malformed.js';
import { isKeyPicture, nalHeaderLength, nalType, nalUnitType } from './nal-unit.js';
import type { PictureParameterSet } from './pps.js';
import type { SequenceParameterSet } from './sps.js';

/** The start of the header of a picture's first slice segment, ITU-T H.265 §7.3.6.1: what orders pictures. */
export interface SliceHeader {
  readonly type: number;
  readonly temporalId: number;
  /** 0 for IDR pictures. */
  readonly orderLsb: number;
  /** log2_max_pic_order_cnt_lsb of its SPS */
  readonly orderBits: number;
}

/** Parameter sets in force, by their ids. */
export interface ParameterSets {
  readonly sps: ReadonlyMap<number, SequenceParameterSet>;
  readonly pps: ReadonlyMap<number, PictureParameterSet>;
}

/** The fields up to the picture order count take fewer bytes than this. */
const headerBytes = 64;

/** @param nal with its header @throws MalformedError, also when it names a parameter set that is not there */
export function parseSliceHeader(nal: Uint8Array, sets: ParameterSets): SliceHeader {
  const type = nalUnitType(nal[0] ?? 0);
  const temporalId = Math.max(0, ((nal[1] ?? 0) & 7) - 1);
  const reader = new BitReader(rawByteSequence(nal, headerBytes).subarray(nalHeaderLength));
  if (!reader.flag()) throw new MalformedError('the first slice of a picture is missing', nalHeaderLength);
  if (isKeyPicture(type)) reader.flag(); // no_output_of_prior_pics_flag
  const ppsId = reader.ue();
  const pps = sets.pps.get(ppsId);
  const sps = pps && sets.sps.get(pps.spsId);
  if (!sps) throw new MalformedError(`slice refers to PPS ${ppsId}, which has not come before it`, 2);
  reader.skip(pps.extraSliceHeaderBits);
  reader.ue(); // slice_type
  if (pps.outputFlagPresent) reader.flag(); // pic_output_flag
  if (sps.separateColourPlanes) reader.skip(2); // colour_plane_id
  const isIdr = type === nalType.idrWithRadl || type === nalType.idrAlone;
  return { type, temporalId, orderLsb: isIdr ? 0 : reader.bits(sps.orderBits), orderBits: sps.orderBits };
}
