import type { Samples } from '../model/samples.js';
import { type NalCodec, nalCodecs } from './nal-codec.js';

/** Of the length before a NAL unit. */
const lengthBytes = 4;

/**
 * Samples without access unit delimiters, of which ISO/IEC 14496-15 needs none. One that comes after another, or after parameter sets that are put
 * before it, would begin an access unit of its own (ITU-T H.264 §7.4.1.2.3, H.265 §7.4.2.4.4). Nothing is copied.
 * @param samples NAL units after lengths of four bytes; those that do not fill their sample stay as they are
 */
export function withoutDelimiters(samples: Samples, codec: NalCodec): Samples {
  const data: Uint8Array[] = [];
  const sizes: number[] = [];
  let [view, offset, found] = [0, 0, false];
  for (const size of samples.sizes) {
    let kept = 0;
    for (let left = size; left > 0;) {
      const whole = samples.data[view] as Uint8Array;
      const part = whole.subarray(offset, offset + left);
      left -= part.length;
      offset += part.length;
      if (offset === whole.length) [view, offset] = [view + 1, 0];
      for (const piece of keptPieces(part, codec)) {
        data.push(piece);
        kept += piece.length;
      }
    }
    found ||= kept < size;
    sizes.push(kept);
  }
  return found ? { ...samples, data, sizes } : samples;
}

/** What is before a delimiter, and what is after it. They come before the first slice; what is nothing else stays. */
function keptPieces(part: Uint8Array, codec: NalCodec): Uint8Array[] {
  const { isDelimiter, isSlice } = nalCodecs[codec];
  const bytes = new DataView(part.buffer, part.byteOffset, part.byteLength);
  for (let at = 0; at + lengthBytes < part.length;) {
    const end = at + lengthBytes + bytes.getUint32(at);
    const header = bytes.getUint8(at + lengthBytes);
    if (isSlice(header) || end > part.length) break;
    if (isDelimiter(header) && end - at < part.length)
      return [part.subarray(0, at), part.subarray(end)].filter(({ length }) => length > 0);
    at = end;
  }
  return [part];
}
