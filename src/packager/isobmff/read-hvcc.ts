import { ByteReader } from '../bits/byte-reader.js';
import { MalformedError } from '../bits/malformed.js';
import type { HevcParameterSets } from '../codec/h265/hevc-configuration.js';
import { nalType, nalUnitType } from '../codec/h265/nal-unit.js';
import { nalLengthSize } from './read-avcc.js';

/** HEVC decoder configuration record, ISO/IEC 14496-15 §8.3.3.1.2, as a file has it. */
export interface HevcRecord extends HevcParameterSets {
  /** Bytes of the length that stands before each NAL unit of a sample. */
  readonly lengthSize: 1 | 2 | 4;
}

const parameterSets: readonly number[] = [nalType.vps, nalType.sps, nalType.pps];

/** @param bytes of `hvcC` @throws MalformedError */
export function parseHevcRecord(bytes: Uint8Array): HevcRecord {
  const reader = new ByteReader(bytes);
  const version = reader.u8();
  if (version !== 1) throw new MalformedError(`hvcC of version ${version}; 1 is known`, 0);
  reader.skip(20); // profile to constant frame rate: as in the SPS
  const lengthSize = nalLengthSize(reader.u8());
  const units = new Map<number, Uint8Array[]>();
  for (let arrays = reader.u8(); arrays > 0; arrays -= 1) {
    const type = reader.u8() & 63;
    const count = reader.u16();
    // Copies: what is kept must not hold the whole movie box.
    const read = Array.from({ length: count }, () => new Uint8Array(reader.bytes(reader.u16())));
    const other = read.map((unit) => nalUnitType(unit[0] ?? 0)).find((own) => own !== type);
    if (other !== undefined && parameterSets.includes(type))
      throw new MalformedError(`hvcC has a NAL unit of type ${other} among those of type ${type}`, reader.position);
    units.set(type, [...(units.get(type) ?? []), ...read]);
  }
  const of = (type: number) => units.get(type) ?? [];
  return {
    lengthSize,
    ...{ vps: of(nalType.vps), sps: of(nalType.sps), pps: of(nalType.pps), sei: of(nalType.prefixSei) },
  };
}
