import type { SapType } from '../../model/sap-type.js';
import { fullBox, u16, u32, u64 } from '../box.js';
import { trackId } from '../init-segment.js';

/** What one box can refer to: its count has 16 bits. */
export const maximumReferences = 0xffff;

/** A subsegment of a segment index. */
export interface SegmentReference {
  /** bytes, below 2^31 */
  readonly size: number;
  /** ticks, below 2^32 */
  readonly duration: number;
  /** Of its first sample. */
  readonly sap: SapType;
}

export interface SegmentIndex {
  /** Ticks per second. */
  readonly timescale: number;
  /** Of the first subsegment, ticks. */
  readonly earliestPresentationTime: number;
  /** They follow the box without a gap. */
  readonly references: readonly SegmentReference[];
}

/** Segment index, ISO/IEC 14496-12 §8.16.3, version 1. How long it is depends on the number of references alone. */
export function sidx({ timescale, earliestPresentationTime, references }: SegmentIndex): Uint8Array {
  if (references.length > maximumReferences)
    throw new Error(`a segment index has ${maximumReferences} references at most; given: ${references.length}`);
  return fullBox(
    'sidx',
    1,
    0,
    u32(trackId, timescale),
    u64(earliestPresentationTime),
    u64(0), // first_offset
    u16(0, references.length),
    listed(references),
  );
}

function listed(references: readonly SegmentReference[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(12 * references.length));
  for (const [index, { size, duration, sap }] of references.entries()) {
    view.setUint32(12 * index, size);
    view.setUint32(12 * index + 4, duration);
    view.setUint32(12 * index + 8, accessPoint(sap));
  }
  return new Uint8Array(view.buffer);
}

/**
 * starts_with_SAP, SAP_type, SAP_delta_time. Of an open group of pictures it is known that it begins with an access point, and not how long after
 * its first picture that is shown: type 0, which is an unknown one.
 */
function accessPoint(sap: SapType): number {
  if (sap === 0 || sap === 4) return 0;
  const type = sap === 3 ? 0 : sap;
  return 0x8000_0000 + type * 2 ** 28;
}
