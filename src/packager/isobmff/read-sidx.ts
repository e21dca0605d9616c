import { ByteReader } from '../bits/byte-reader.js';
import { MalformedError } from '../bits/malformed.js';
import { bytesOf, findBox, readBoxes } from './box-reader.js';

/** A `sidx` as it was found. */
export interface ReadSegmentIndex {
  /** Ticks per second. */
  readonly timescale: number;
  /** ticks */
  readonly earliestPresentationTime: number;
  /** bytes between the end of the box and the first subsegment */
  readonly firstOffset: number;
  readonly references: readonly ReadReference[];
}

export interface ReadReference {
  /** To another index, and not to media. */
  readonly toIndex: boolean;
  /** bytes */
  readonly size: number;
  /** ticks */
  readonly duration: number;
  readonly startsWithSap: boolean;
}

/** Reads the first segment index among boxes, ISO/IEC 14496-12 §8.16.3. @throws MalformedError when there is none, or it is cut off */
export function readSegmentIndex(bytes: Uint8Array): ReadSegmentIndex {
  const box = findBox(readBoxes(bytes), 'sidx');
  if (!box) throw new MalformedError('no sidx', 0);
  const reader = new ByteReader(bytesOf(box));
  const version = reader.u8();
  reader.skip(3 + 4); // flags, reference_ID
  const timescale = reader.u32();
  const wide = () => (version === 0 ? reader.u32() : reader.u64());
  const earliestPresentationTime = wide();
  const firstOffset = wide();
  reader.skip(2);
  const references: ReadReference[] = [];
  for (let left = reader.u16(); left > 0; left -= 1) {
    const size = reader.u32();
    const duration = reader.u32();
    const startsWithSap = reader.u32() >= 0x8000_0000;
    references.push({ toIndex: size >= 0x8000_0000, size: size % 0x8000_0000, duration, startsWithSap });
  }
  return { timescale, earliestPresentationTime, firstOffset, references };
}
