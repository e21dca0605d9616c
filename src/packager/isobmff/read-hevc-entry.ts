import { sameBytes } from '../bits/same-bytes.js';
import { hevcConfiguration, type HevcParameterSets } from '../codec/h265/hevc-configuration.js';
import { nalType, nalUnitType } from '../codec/h265/nal-unit.js';
import { bytesOf, type ReadBox } from './box-reader.js';
import { nalUnits } from './in-band-sets.js';
import { needed } from './movie.js';
import { widened } from './nal-lengths.js';
import { type HevcRecord, parseHevcRecord } from './read-hvcc.js';
import { readPicture } from './read-picture.js';
import type { FirstSample, SampleEntry } from './sample-entry.js';

/**
 * `hvc1` and `hev1`, ISO/IEC 14496-15 §8.4.1. What is `hev1` becomes `hvc1` when the parameter sets of its first sample are those of the record:
 * they are left out of the samples then. Otherwise they stay where they are. There are writers that call the one the other, so what `hvc1` has in
 * its first sample, where it should have none, is judged alike.
 * @throws MalformedError, PackagerError
 */
export async function hevcEntry(entry: ReadBox, firstSample: FirstSample): Promise<SampleEntry> {
  const record = parseHevcRecord(bytesOf(needed(entry, 'hvcC')));
  const first = inBand(record, await firstSample());
  const known = [...record.vps, ...record.sps, ...record.pps];
  const isComplete = record.vps.length > 0 && record.sps.length > 0 && record.pps.length > 0;
  const others = [...first.vps, ...first.sps, ...first.pps].filter((set) => !known.some((one) => sameBytes(one, set)));
  const mayBring = entry.type === 'hev1' || first.vps.length + first.sps.length + first.pps.length > 0;
  const staysInBand = mayBring && (!isComplete || others.length > 0);
  const sets: HevcParameterSets = {
    ...(isComplete ? record : joined(record, first)),
    sei: [...record.sei, ...first.sei],
  };
  const configuration = hevcConfiguration(sets, staysInBand);
  return {
    configuration: { ...configuration, ...readPicture(entry), ...preferred(configuration) },
    nalLengthSize: record.lengthSize,
    ...(mayBring && !staysInBand && { inBandSets: known }),
  };
}

/** `colr` cannot say what SEI says of the transfer. */
function preferred({ colour }: ReturnType<typeof hevcConfiguration>) {
  return colour?.preferredTransfer === undefined ? {} : { colour };
}

function joined(a: HevcParameterSets, b: HevcParameterSets): HevcParameterSets {
  return { vps: [...a.vps, ...b.vps], sps: [...a.sps, ...b.sps], pps: [...a.pps, ...b.pps], sei: [] };
}

/** Parameter sets and SEI of a sample. */
function inBand({ lengthSize }: HevcRecord, sample: Uint8Array): HevcParameterSets {
  const bytes = lengthSize === 4 ? sample : widened(sample, lengthSize);
  const found = new Map<number, Uint8Array[]>();
  for (const { start, end } of nalUnits(bytes)) {
    const type = nalUnitType(bytes[start] ?? 0);
    const units = found.get(type);
    const unit = new Uint8Array(bytes.subarray(start, end));
    if (units) units.push(unit);
    else if (type >= nalType.vps && type <= nalType.prefixSei) found.set(type, [unit]);
  }
  const of = (type: number) => found.get(type) ?? [];
  return { vps: of(nalType.vps), sps: of(nalType.sps), pps: of(nalType.pps), sei: of(nalType.prefixSei) };
}
