import { BitReader } from '../../bits/bit-reader.js';
import { rawByteSequence } from '../../bits/emulation-prevention.js';
import { MalformedError } from '../../bits/malformed.js';

/** The start of a picture parameter set, ITU-T H.264 §7.3.2.2: what slice headers need of it. */
export interface PictureParameterSet {
  readonly id: number;
  readonly spsId: number;
  /** Slices carry the deltas of the bottom field's picture order count. */
  readonly bottomFieldOrderInFrame: boolean;
}

/** @param nal with its header byte @throws MalformedError */
export function parsePps(nal: Uint8Array): PictureParameterSet {
  const reader = new BitReader(rawByteSequence(nal, 16).subarray(1));
  const id = reader.ue();
  const spsId = reader.ue();
  if (id > 255 || spsId > 31) throw new MalformedError(`PPS ${id} of SPS ${spsId}: at most 255 and 31 are allowed`, 1);
  reader.flag(); // entropy_coding_mode_flag
  return { id, spsId, bottomFieldOrderInFrame: reader.flag() };
}
