import { MalformedError } from '../bits/malformed.js';
import type { Samples } from '../model/samples.js';
import type { Carriage, NalUnits } from './carriage.js';
import type { PesPacket } from './pes-packets.js';

/** Length of NAL unit lengths in samples, and of the start codes that take their place. */
const lengthBytes = 4;

/**
 * Copies the samples of PES packets, one packet after the other from the first on: audio frames with their headers, pictures as NAL units with
 * start codes after a delimiter and, where decoding can begin, parameter sets.
 */
export function sampleCopier({ data, sizes }: Samples, carriage: Carriage) {
  let view = 0;
  let offset = 0;

  /** The next bytes of the gather list. */
  function take(into: Uint8Array, at: number, length: number): void {
    for (let left = length; left > 0;) {
      const part = data[view] as Uint8Array;
      const share = Math.min(left, part.length - offset);
      into.set(part.subarray(offset, offset + share), at + length - left);
      left -= share;
      offset += share;
      if (offset < part.length) continue;
      view += 1;
      offset = 0;
    }
  }

  return (pes: PesPacket, into: Uint8Array, at: number): void => {
    if (carriage.nalUnits) return takePicture(pes, carriage.nalUnits, into, at);
    let to = at;
    for (let index = pes.first; index < pes.first + pes.count; index += 1) {
      const size = sizes[index] as number;
      carriage.writeHeader?.(into, to, size);
      take(into, to + carriage.header, size);
      to += carriage.header + size;
    }
  };

  function takePicture(pes: PesPacket, { delimiter, parameterSets }: NalUnits, into: Uint8Array, at: number): void {
    const size = sizes[pes.first] as number;
    into.set(delimiter, at);
    if (pes.randomAccess) into.set(parameterSets, at + delimiter.length);
    const start = at + pes.size - size;
    take(into, start, size);
    lengthsToStartCodes(into, start, size);
  }
}

/** @throws MalformedError when the lengths do not add up to the sample */
function lengthsToStartCodes(bytes: Uint8Array, at: number, size: number): void {
  const end = at + size;
  let next = at;
  while (next + lengthBytes <= end) {
    const length =
      (bytes[next] as number) * 2 ** 24 +
      (((bytes[next + 1] as number) << 16) | ((bytes[next + 2] as number) << 8) | (bytes[next + 3] as number));
    bytes[next] = bytes[next + 1] = bytes[next + 2] = 0;
    bytes[next + 3] = 1;
    next += lengthBytes + length;
  }
  if (next !== end) throw new MalformedError('the lengths of NAL units do not add up to the size of the sample', 0);
}
