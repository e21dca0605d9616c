/**
 * The raw byte sequence payload of a NAL unit: emulation_prevention_three_byte (00 00 03) taken out. ITU-T H.264 §7.3.1.
 * @param limit bytes of the payload that are wanted; headers need few of a picture's many
 */
export function rawByteSequence(nal: Uint8Array, limit = nal.length): Uint8Array {
  const raw = new Uint8Array(Math.min(nal.length, limit));
  let zeros = 0;
  let length = 0;
  for (let at = 0; at < nal.length && length < raw.length; at += 1) {
    const byte = nal[at] as number;
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    raw[length] = byte;
    length += 1;
  }
  return raw.subarray(0, length);
}
