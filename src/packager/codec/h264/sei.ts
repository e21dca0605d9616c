import { rawByteSequence } from '../../bits/emulation-prevention.js';
import { BitReader } from '../../bits/bit-reader.js';

/** payloadType 6, ITU-T H.264 §D.1.8 */
const recoveryPoint = 6;
/** Recovery points come first; what is longer than this is user data. */
const searchedBytes = 512;

/** recovery_frame_cnt of a recovery point SEI message in this NAL unit: 0 means exact at once. Undefined when there is none. */
export function recoveryFrameCount(nal: Uint8Array): number | undefined {
  const raw = rawByteSequence(nal, searchedBytes);
  let at = 1;
  while (at + 2 < raw.length) {
    const type = variableLength(raw, at);
    const size = variableLength(raw, type.next);
    if (type.value === recoveryPoint && size.next < raw.length) return firstUe(raw.subarray(size.next));
    at = size.next + size.value;
  }
  return undefined;
}

/** §7.3.2.3.1: 0xFF bytes add 255 each, the next one ends the number. */
function variableLength(raw: Uint8Array, from: number): { value: number; next: number } {
  let at = from;
  while (raw[at] === 255) at += 1;
  return { value: (at - from) * 255 + (raw[at] ?? 0), next: at + 1 };
}

function firstUe(bytes: Uint8Array): number | undefined {
  return bytes.length >= 4 || bytes[0] !== 0 ? new BitReader(bytes).ue() : undefined;
}
