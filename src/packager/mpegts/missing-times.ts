import type { DisplayPlace } from '../codec/display-place.js';
import { displayOrder } from '../codec/nal-codec.js';
import type { NalConfiguration } from '../model/track.js';
import type { UnitTime } from './mark-times.js';

export interface Pictures {
  readonly bytes: Uint8Array;
  /** Offsets of the NAL unit headers of the first slices. */
  readonly slices: readonly number[];
  readonly configuration: NalConfiguration;
  /** Ticks between decoding and presentation of the period's first IDR. */
  readonly idrDelay: number;
}

/**
 * Times for pictures that begin in a PES packet after another one, which has the only time stamp there.
 * Decoding is evenly spaced between neighbours that have one; presentation follows the picture order count, at the same spacing.
 * @param times of the pictures in decode order; the first has one
 * @param following decode time of what follows, unwrapped ticks; Infinity when it is not known
 * @throws MalformedError
 */
export function fillMissingTimes(
  times: readonly (UnitTime | undefined)[],
  following: number,
  pictures: Pictures,
): UnitTime[] {
  if (times.every((time) => time)) return times as UnitTime[];
  const known = times.flatMap((time, index) => (time ? [{ index, dts: time.dts }] : []));
  const end = Number.isFinite(following) ? following : extrapolate(known, times.length, pictures.configuration);
  const decode = spaceEvenly([...known, { index: times.length, dts: end }]);
  const places = displayOrder(pictures.bytes, pictures.slices, pictures.configuration);
  const spacing = (end - (decode[0] ?? 0)) / times.length;
  const anchors = anchorsOf({ times, places, decode, idrDelay: pictures.idrDelay });
  return times.map((time, index) => {
    if (time) return time;
    const { sequence, place } = places[index] as DisplayPlace;
    const anchor = anchors[sequence] as Anchor;
    return { dts: decode[index] as number, pts: anchor.pts + Math.round((place - anchor.place) * spacing) };
  });
}

/** A picture of a coded video sequence whose presentation time is known. */
interface Anchor {
  readonly place: number;
  readonly pts: number;
}

interface Sequences {
  readonly times: readonly (UnitTime | undefined)[];
  readonly places: readonly DisplayPlace[];
  readonly decode: readonly number[];
  readonly idrDelay: number;
}

/** Per sequence: its first picture with a time, or else its IDR, presented as long after its decoding as the period's first one is. */
function anchorsOf({ times, places, decode, idrDelay }: Sequences): Anchor[] {
  const anchors: (Anchor & { known: boolean })[] = [];
  for (const [index, { sequence, place }] of places.entries()) {
    const time = times[index];
    if (anchors[sequence]?.known || (anchors[sequence] && !time)) continue;
    anchors[sequence] = { place, pts: time?.pts ?? (decode[index] as number) + idrDelay, known: time !== undefined };
  }
  return anchors;
}

interface KnownTime {
  readonly index: number;
  readonly dts: number;
}

/** Decode time of what would follow the last picture, at the spacing of those before. */
function extrapolate(known: readonly KnownTime[], count: number, { frameRate }: NalConfiguration): number {
  const first = known.at(0) ?? { index: 0, dts: 0 };
  const last = known.at(-1) ?? first;
  const apart = last.index - first.index;
  const step = apart > 0 ? (last.dts - first.dts) / apart : frameDuration(frameRate);
  return Math.round(last.dts + step * (count - last.index));
}

/** Ticks of 90 kHz; 25 frames per second where nothing tells. */
export function frameDuration([frames, seconds]: readonly [number, number] = [25, 1]): number {
  return Math.round((90_000 * seconds) / frames);
}

function spaceEvenly(known: readonly KnownTime[]): number[] {
  const decode: number[] = [];
  for (const [ordinal, { index, dts }] of known.entries()) {
    const next = known[ordinal + 1];
    if (!next) break;
    const step = (next.dts - dts) / (next.index - index);
    for (let at = index; at < next.index; at += 1) decode[at] = dts + Math.round(step * (at - index));
  }
  return decode;
}
