import { displayOrder, type DisplayPlace } from '../codec/h264/display-order.js';
import type { AvcConfiguration } from '../model/track.js';
import type { UnitTime } from './mark-times.js';

export interface Pictures {
  readonly bytes: Uint8Array;
  /** Offsets of the NAL unit headers of the first slices. */
  readonly slices: readonly number[];
  readonly configuration: AvcConfiguration;
}

/**
 * Times for pictures that begin in a PES packet after another one, which has the only time stamp there.
 * Decoding is evenly spaced between neighbours that have one; presentation follows the picture order count, at the same spacing.
 * @param times of the pictures in decode order; the first has one
 * @param end decode time of what follows, unwrapped ticks
 * @throws MalformedError
 */
export function fillMissingTimes(times: readonly (UnitTime | undefined)[], end: number, pictures: Pictures): UnitTime[] {
  const known = times.flatMap((time, index) => (time ? [{ index, dts: time.dts }] : []));
  if (known.length === times.length) return times as UnitTime[];
  const decode = spaceEvenly([...known, { index: times.length, dts: end }]);
  const places = displayOrder(pictures.bytes, pictures.slices, pictures.configuration);
  const spacing = (end - (decode[0] ?? 0)) / times.length;
  const anchors = anchorsOf(times, places, decode);
  return times.map((time, index) => {
    if (time) return time;
    const { sequence, rank } = places[index] as DisplayPlace;
    const anchor = anchors[sequence] as Anchor;
    return { dts: decode[index] as number, pts: anchor.pts + Math.round((rank - anchor.rank) * spacing) };
  });
}

/** A picture of a coded video sequence whose presentation time is known. */
interface Anchor {
  readonly rank: number;
  readonly pts: number;
}

/** Per sequence: its first picture with a time, or else its IDR, presented as long after its decoding as the segment's first picture is. */
function anchorsOf(
  times: readonly (UnitTime | undefined)[],
  places: readonly DisplayPlace[],
  decode: readonly number[],
): Anchor[] {
  const delay = times[0] ? times[0].pts - times[0].dts : 0;
  const anchors: (Anchor & { known: boolean })[] = [];
  for (const [index, { sequence, rank }] of places.entries()) {
    const time = times[index];
    if (anchors[sequence]?.known || (anchors[sequence] && !time)) continue;
    anchors[sequence] = { rank, pts: time?.pts ?? (decode[index] as number) + delay, known: time !== undefined };
  }
  return anchors;
}

function spaceEvenly(known: readonly { index: number; dts: number }[]): number[] {
  const decode: number[] = [];
  for (const [ordinal, { index, dts }] of known.entries()) {
    const next = known[ordinal + 1];
    if (!next) break;
    const step = (next.dts - dts) / (next.index - index);
    for (let at = index; at < next.index; at += 1) decode[at] = dts + Math.round(step * (at - index));
  }
  return decode;
}
