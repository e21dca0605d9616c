import { unwrap } from '../timing/unwrap.js';
import type { PesMark } from './elementary-stream.js';

/** Times of a unit (picture or frame) in unwrapped 90 kHz ticks; dts equals pts where the PES packet had none. */
export interface UnitTime {
  readonly pts: number;
  readonly dts: number;
}

/**
 * The PES time stamp of each unit, ISO/IEC 13818-1 §2.4.3.7: it is that of the first unit that commences in the packet, so some have none.
 * @param starts offsets of the units' first bytes in the elementary stream, ascending
 * @param reference unwrapped ticks near the first one
 */
export function markTimes(
  starts: readonly number[],
  marks: readonly PesMark[],
  reference: number,
): (UnitTime | undefined)[] {
  const times: (UnitTime | undefined)[] = [];
  let mark = -1;
  let near = reference;
  for (const start of starts) {
    const before = mark;
    while (mark + 1 < marks.length && (marks[mark + 1] as PesMark).offset <= start) mark += 1;
    const { pts, dts = pts } = (mark > before ? marks[mark] : undefined) ?? {};
    if (pts === undefined || dts === undefined) {
      times.push(undefined);
      continue;
    }
    near = unwrap(dts, near);
    times.push({ dts: near, pts: unwrap(pts, near) });
  }
  return times;
}
