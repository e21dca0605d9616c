import { textTimescale } from '../../model/text.js';
import { timestampModulus, unwrap } from '../../timing/unwrap.js';
import { readTimestamp } from './timestamp.js';

/** X-TIMESTAMP-MAP, RFC 8216bis §3.1.4: a cue time of `local` is presented with the media that has the time stamp `mpegts`. */
export interface TimestampMap {
  /** ticks of textTimescale */
  readonly local: number;
  /** ticks of 90 kHz modulo 2^33 */
  readonly mpegts: number;
}

/** What a segment without the header means. */
export const absentMap: TimestampMap = { local: 0, mpegts: 0 };

/** @returns undefined for another header, or one that says nothing that can be understood */
export function readTimestampMap(line: string): TimestampMap | undefined {
  const [name, value] = [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)];
  if (name.trim() !== 'X-TIMESTAMP-MAP') return undefined;
  const local = /(?:^|,)\s*LOCAL:\s*([\d:.]+)\s*(?:,|$)/i.exec(value)?.[1];
  const mpegts = /(?:^|,)\s*MPEGTS:\s*(\d{1,16})\s*(?:,|$)/i.exec(value)?.[1];
  const time = local === undefined ? undefined : readTimestamp(local);
  if (time === undefined || mpegts === undefined) return undefined;
  return { local: time, mpegts: Number(mpegts) % timestampModulus };
}

export function writeTimestampMap(mpegts: number): string {
  return `X-TIMESTAMP-MAP=MPEGTS:${((mpegts % timestampModulus) + timestampModulus) % timestampModulus},LOCAL:00:00:00.000`;
}

/** Where the cues of a document are to be, ticks of 90 kHz that do not wrap. */
export interface CuePlace {
  readonly begin: number;
  /** Infinity: not known. */
  readonly end: number;
}

/**
 * What is to be added to cue times to have time stamps that do not wrap. The map is near to where the document is, unless its cues would be far
 * off then: one map for all segments is far from those that come later.
 * @param first when the first cue begins, ticks of textTimescale; undefined: there is none
 */
export function cueShift({ local, mpegts }: TimestampMap, { begin, end }: CuePlace, first = local): number {
  const near = unwrap(mpegts, begin);
  const cue = near + ((first - local) * 90_000) / textTimescale;
  const missed = cue - Math.min(end, Math.max(begin, cue));
  return near - Math.round(missed / timestampModulus) * timestampModulus - (local * 90_000) / textTimescale;
}
