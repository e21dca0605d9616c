import { MalformedError } from '../bits/malformed.js';
import { sameBytes } from '../bits/same-bytes.js';
import { nalType, nalUnitType } from '../codec/h265/nal-unit.js';
import { PackagerError } from '../errors.js';

interface SizedSamples {
  readonly data: Uint8Array[];
  readonly sizes: number[];
}

/**
 * HEVC samples without the parameter sets in them, which are in the sample entry: what `hvc1` needs of a source that is `hev1`. Nothing is copied.
 * @param samples views of whole samples, NAL units after lengths of four bytes @param known the sets of the sample entry
 * @throws MalformedError; PackagerError source_unsupported for a set that is not known: it would change in the middle
 */
export function withoutParameterSets({ data, sizes }: SizedSamples, known: readonly Uint8Array[]): SizedSamples {
  const kept: SizedSamples = { data: [], sizes: [] };
  let view = 0;
  let offset = 0;
  for (const size of sizes) {
    const sample = (data[view] as Uint8Array).subarray(offset, offset + size);
    offset += size;
    if (offset >= (data[view] as Uint8Array).length) {
      view += 1;
      offset = 0;
    }
    const parts = keptParts(sample, known);
    kept.data.push(...parts);
    kept.sizes.push(parts.reduce((sum, { length }) => sum + length, 0));
  }
  const isSame = kept.sizes.every((size, index) => size === sizes[index]);
  return isSame ? { data, sizes } : kept;
}

/** Stretches of the sample between parameter sets. */
function keptParts(sample: Uint8Array, known: readonly Uint8Array[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { start, end } of nalUnits(sample)) {
    const type = nalUnitType(sample[start] ?? 0);
    if (type < nalType.vps || type > nalType.pps) continue;
    const unit = sample.subarray(start, end);
    if (!known.some((one) => sameBytes(one, unit)))
      throw new PackagerError(
        'source_unsupported',
        'HEVC parameter sets change inside the file; they must be those of the sample entry (hvcC)',
      );
    if (start - 4 > from) parts.push(sample.subarray(from, start - 4));
    from = end;
  }
  if (sample.length > from) parts.push(sample.subarray(from));
  return parts;
}

/** Where NAL units are in a sample, after lengths of four bytes. @throws MalformedError when they do not fill it */
export function* nalUnits(sample: Uint8Array): Generator<{ readonly start: number; readonly end: number }> {
  const view = new DataView(sample.buffer, sample.byteOffset, sample.byteLength);
  for (let at = 0; at < sample.length;) {
    const start = at + 4;
    if (start > sample.length) throw new MalformedError('a sample ends inside the length of a NAL unit', at);
    const end = start + view.getUint32(at);
    if (end > sample.length)
      throw new MalformedError(`a NAL unit of ${end - start} bytes, ${sample.length - start} left in its sample`, at);
    yield { start, end };
    at = end;
  }
}
