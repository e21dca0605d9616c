import { findFrame, type FrameRange, type FrameSync } from '../audio-frames.js';
import { adtsFrameLength, adtsHeaderLength, adtsSignature, isAdtsSync } from './adts.js';

const adtsSync: FrameSync = {
  firstByte: 0xff,
  headerLength: adtsHeaderLength,
  length: (bytes, at) => (isAdtsSync(bytes, at) ? adtsFrameLength(bytes, at) : 0),
  signature: adtsSignature,
};

/** The first ADTS frame, see findFrame. */
export function firstFrame(bytes: Uint8Array, range: FrameRange): number | undefined {
  return findFrame(bytes, adtsSync, range);
}
