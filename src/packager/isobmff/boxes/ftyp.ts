import { ascii, box, u32 } from '../box.js';

/**
 * File type of an initialization segment, ISO/IEC 14496-12 §4.3: `iso6` for signed composition offsets and default-base-is-moof; `cmfc` and
 * `cmf2`, ISO/IEC 23000-19 §7.2, because sample flags stand in every fragment and there is no edit list.
 * @param profile brand of the media profile
 */
export function ftyp(profile = ''): Uint8Array {
  return box('ftyp', ascii('iso6'), u32(0) /* minor version */, ascii(`iso6cmfccmf2${profile}`));
}

/** Segment type, ISO/IEC 14496-12 §8.16.2: a DASH media segment that is a CMAF segment of whole fragments. */
export function styp(): Uint8Array {
  return box('styp', ascii('msdh'), u32(0) /* minor version */, ascii('msdhcmfs'));
}
