import { BitReader } from '../../bits/bit-reader.js';
import { rawByteSequence } from '../../bits/emulation-prevention.js';
import { MalformedError } from '../../bits/malformed.js';
import { nalHeaderLength } from './nal-unit.js';

/** The start of a picture parameter set, ITU-T H.265 §7.3.2.3: what slice headers need of it. */
export interface PictureParameterSet {
  readonly id: number;
  readonly spsId: number;
  readonly outputFlagPresent: boolean;
  readonly extraSliceHeaderBits: number;
}

/** @param nal with its header @throws MalformedError */
export function parsePps(nal: Uint8Array): PictureParameterSet {
  const reader = new BitReader(rawByteSequence(nal, 16).subarray(nalHeaderLength));
  const id = reader.ue();
  const spsId = reader.ue();
  if (id > 63 || spsId > 15) throw new MalformedError(`PPS ${id} of SPS ${spsId}: at most 63 and 15 are allowed`, 2);
  reader.flag(); // dependent_slice_segments_enabled_flag
  return { id, spsId, outputFlagPresent: reader.flag(), extraSliceHeaderBits: reader.bits(3) };
}
