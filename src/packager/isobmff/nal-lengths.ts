import { MalformedError } from '../bits/malformed.js';

/**
 * Samples whose NAL units have lengths of 1 or 2 bytes before them, with lengths of 4: those that sample entries of ours announce.
 * @param data joined, these are the samples @throws MalformedError when the NAL units of a sample do not fill it
 */
export function withLongLengths(
  data: readonly Uint8Array[],
  sizes: Uint32Array,
  lengthSize: 1 | 2,
): { data: Uint8Array[]; sizes: number[] } {
  const joined = new Uint8Array(data.reduce((sum, { length }) => sum + length, 0));
  data.reduce((at, part) => (joined.set(part, at), at + part.length), 0);
  const samples: Uint8Array[] = [];
  let start = 0;
  for (const size of sizes) {
    samples.push(widened(joined.subarray(start, start + size), lengthSize));
    start += size;
  }
  return { data: samples, sizes: samples.map(({ length }) => length) };
}

/** A sample with lengths of 4 bytes. @throws MalformedError */
export function widened(sample: Uint8Array, lengthSize: 1 | 2): Uint8Array {
  const units: Uint8Array[] = [];
  for (let at = 0; at < sample.length;) {
    if (at + lengthSize > sample.length) throw new MalformedError('a sample ends inside the length of a NAL unit', at);
    const [high = 0, low = 0] = sample.subarray(at, at + 2);
    const length = lengthSize === 1 ? high : high * 256 + low;
    at += lengthSize;
    if (at + length > sample.length)
      throw new MalformedError(`a NAL unit of ${length} bytes, ${sample.length - at} left in its sample`, at);
    units.push(sample.subarray(at, at + length));
    at += length;
  }
  const wide = new Uint8Array(units.reduce((sum, { length }) => sum + 4 + length, 0));
  let at = 0;
  for (const unit of units) {
    new DataView(wide.buffer).setUint32(at, unit.length);
    wide.set(unit, at + 4);
    at += 4 + unit.length;
  }
  return wide;
}
