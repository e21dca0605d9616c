import { mpegCrc32 } from '../../src/packager/bits/mpeg-crc32.js';
import { BitWriter } from './bit-writer.js';

/** Writes splice_info_sections, ANSI/SCTE 35 §9.6, which no tool at hand makes. */
export interface SpliceFields {
  /** 33 bits, 90 kHz */
  ptsAdjustment?: number;
  encrypted?: boolean;
  segmentations?: readonly SegmentationFields[];
}

export interface SegmentationFields {
  typeId: number;
  eventId?: number;
  duration?: number;
  upid?: readonly number[];
  upidType?: number;
  cancelled?: boolean;
  components?: number;
}

export interface InsertFields {
  eventId?: number;
  cancelled?: boolean;
  out?: boolean;
  /** Absent: immediate. */
  pts?: number;
  duration?: number;
  autoReturn?: boolean;
  /** Times of components instead of one for the program. */
  components?: readonly number[];
}

/** splice_insert(), §9.7.3 */
export function writeSpliceInsert(insert: InsertFields, fields: SpliceFields = {}): Uint8Array {
  const { eventId = 1, cancelled = false, out = true, pts, duration, autoReturn = true, components } = insert;
  const command = new BitWriter().bits(32, eventId).bits(8, cancelled ? 0xff : 0x7f);
  if (!cancelled) {
    const immediate = pts === undefined && !components;
    const flags = [out, !components, duration !== undefined, immediate].map(Number);
    for (const flag of flags) command.bits(1, flag);
    command.bits(4, 15);
    if (!components && pts !== undefined) writeTime(command, pts);
    if (components) {
      command.bits(8, components.length);
      for (const [tag, time] of components.entries()) writeTime(command.bits(8, tag), time);
    }
    if (duration !== undefined) timestamp(command.bits(1, Number(autoReturn)).bits(6, 63), duration);
    command.bits(16, 1).bits(16, 0);
  }
  return section(5, command.toBytes(), fields);
}

/** time_signal(), §9.7.4 */
export function writeTimeSignal(pts: number | undefined, fields: SpliceFields = {}): Uint8Array {
  const command = new BitWriter();
  if (pts === undefined) command.bits(8, 0x7f);
  else writeTime(command, pts);
  return section(6, command.toBytes(), fields);
}

/** splice_null(), §9.7.1 */
export function writeSpliceNull(): Uint8Array {
  return section(0, new Uint8Array(), {});
}

function section(type: number, command: Uint8Array, fields: SpliceFields): Uint8Array {
  const { ptsAdjustment = 0, encrypted = false, segmentations = [] } = fields;
  const descriptors = segmentations.map(segmentation);
  const loop = descriptors.reduce((sum, { length }) => sum + length, 0);
  const head = timestamp(new BitWriter().bits(8, 0).bits(1, Number(encrypted)).bits(6, 0), ptsAdjustment);
  head.bits(8, 0).bits(12, 0xfff).bits(12, command.length).bits(8, type);
  const body = Buffer.concat([head.toBytes(), command, Uint8Array.of(loop >> 8, loop & 255), ...descriptors]);
  const length = body.length + 4;
  const bytes = Buffer.concat([Uint8Array.of(0xfc, 0x30 | (length >> 8), length & 255), body, new Uint8Array(4)]);
  bytes.writeUInt32BE(mpegCrc32(bytes.subarray(0, -4)), bytes.length - 4);
  return new Uint8Array(bytes);
}

/** segmentation_descriptor(), §10.3.3 */
function segmentation(fields: SegmentationFields): Uint8Array {
  const { typeId, eventId = 1, duration, upid = [], upidType = upid.length > 0 ? 8 : 0, cancelled = false } = fields;
  const body = new BitWriter()
    .bits(32, 0x43554549)
    .bits(32, eventId)
    .bits(8, cancelled ? 0xff : 0x7f);
  if (!cancelled) {
    body
      .bits(1, Number(fields.components === undefined))
      .bits(1, Number(duration !== undefined))
      .bits(6, 63);
    if (fields.components !== undefined) {
      body.bits(8, fields.components);
      for (let tag = 0; tag < fields.components; tag += 1) body.bits(8, tag).bits(7, 0x7f).bits(1, 0).bits(32, 0);
    }
    if (duration !== undefined) body.bits(8, Math.floor(duration / 2 ** 32)).bits(32, duration % 2 ** 32);
    body.bits(8, upidType).bits(8, upid.length);
    for (const byte of upid) body.bits(8, byte);
    body.bits(8, typeId).bits(16, 0);
  }
  const bytes = body.toBytes();
  return Uint8Array.of(2, bytes.length, ...bytes);
}

function writeTime(bits: BitWriter, ticks: number): void {
  timestamp(bits.bits(7, 0x7f), ticks);
}

function timestamp(bits: BitWriter, ticks: number): BitWriter {
  return bits.bits(1, Math.floor(ticks / 2 ** 32)).bits(32, ticks % 2 ** 32);
}

/** An ID3v2.4 tag with one TXXX frame. */
export function writeId3(text: string): Uint8Array {
  const content = Buffer.from(`\u0003reelway\0${text}`);
  const frame = Buffer.concat([Buffer.from('TXXX'), syncSafe(content.length), Uint8Array.of(0, 0), content]);
  return new Uint8Array(Buffer.concat([Buffer.from('ID3\u0004\0\0'), syncSafe(frame.length), frame]));
}

/** Four bytes of seven bits each. */
function syncSafe(value: number): Uint8Array {
  return Uint8Array.of((value >> 21) & 127, (value >> 14) & 127, (value >> 7) & 127, value & 127);
}
