import { ByteReader } from '../bits/byte-reader.js';
import { MalformedError } from '../bits/malformed.js';
import { nalType } from '../codec/h264/nal-unit.js';

/** AVC decoder configuration record, ISO/IEC 14496-15 §5.3.3.1.2, as a file has it. */
export interface AvcRecord {
  /** Bytes of the length that stands before each NAL unit of a sample. */
  readonly lengthSize: 1 | 2 | 4;
  readonly sps: readonly Uint8Array[];
  readonly pps: readonly Uint8Array[];
}

/** @param bytes of `avcC` @throws MalformedError */
export function parseAvcRecord(bytes: Uint8Array): AvcRecord {
  const reader = new ByteReader(bytes);
  const version = reader.u8();
  if (version !== 1) throw new MalformedError(`avcC of version ${version}; 1 is known`, 0);
  reader.skip(3); // profile, compatibility, level: as in the SPS
  const lengthSize = nalLengthSize(reader.u8());
  const sps = parameterSets(reader, reader.u8() & 31, nalType.sps);
  const pps = parameterSets(reader, reader.u8(), nalType.pps);
  return { lengthSize, sps, pps };
}

/** lengthSizeMinusOne in the lowest two bits; 3 bytes are not allowed. @throws MalformedError */
export function nalLengthSize(byte: number): 1 | 2 | 4 {
  const size = (byte & 3) + 1;
  if (size === 3) throw new MalformedError('NAL unit lengths of 3 bytes; 1, 2 and 4 are allowed', 4);
  return size as 1 | 2 | 4;
}

/** @throws MalformedError when they are others than the record says */
function parameterSets(reader: ByteReader, count: number, type: number): Uint8Array[] {
  // Copies: what is kept must not hold the whole movie box.
  const sets = Array.from({ length: count }, () => new Uint8Array(reader.bytes(reader.u16())));
  const other = sets.map((set) => (set[0] ?? 0) & 31).find((own) => own !== type);
  if (other === undefined) return sets;
  throw new MalformedError(`avcC has a NAL unit of type ${other} among those of type ${type}`, reader.position);
}
