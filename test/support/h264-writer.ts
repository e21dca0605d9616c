import { BitWriter } from './bit-writer.js';

/** Small H.264 units with the fields that matter here: their slices hold no picture. */
export interface SpsFields {
  id?: number;
  profile?: number;
  level?: number;
  chromaFormat?: number;
  separateColourPlanes?: boolean;
  bitDepth?: number;
  scalingLists?: boolean;
  widthMbs?: number;
  heightMapUnits?: number;
  frameMbsOnly?: boolean;
  /** left, right, top, bottom in crop units */
  crop?: readonly [number, number, number, number];
  orderType?: 0 | 1 | 2;
  offsetsForReference?: readonly number[];
  vui?: (writer: BitWriter) => void;
}

const highProfiles = [100, 110, 122, 244, 44];

export function writeSps(fields: SpsFields = {}): Uint8Array {
  const { profile = 66, frameMbsOnly = true, orderType = 0, chromaFormat = 1, bitDepth = 8, crop } = fields;
  const writer = new BitWriter()
    .bits(8, 0x67)
    .bits(8, profile)
    .bits(8, 0)
    .bits(8, fields.level ?? 31)
    .ue(fields.id ?? 0);
  if (highProfiles.includes(profile)) {
    writer.ue(chromaFormat);
    if (chromaFormat === 3) writer.flag(fields.separateColourPlanes ?? false);
    writer
      .ue(bitDepth - 8)
      .ue(bitDepth - 8)
      .flag(false)
      .flag(fields.scalingLists ?? false);
    if (fields.scalingLists) writeScalingLists(writer, chromaFormat === 3 ? 12 : 8);
  }
  writer.ue(0).ue(orderType); // log2_max_frame_num 4
  if (orderType === 0) writer.ue(0); // log2_max_pic_order_cnt_lsb 4
  if (orderType === 1) {
    const offsets = fields.offsetsForReference ?? [];
    writer.flag(false).se(-1).se(0).ue(offsets.length);
    for (const offset of offsets) writer.se(offset);
  }
  writer
    .ue(1)
    .flag(false)
    .ue((fields.widthMbs ?? 20) - 1)
    .ue((fields.heightMapUnits ?? 12) - 1)
    .flag(frameMbsOnly);
  if (!frameMbsOnly) writer.flag(false);
  writer.flag(true).flag(crop !== undefined);
  for (const side of crop ?? []) writer.ue(side);
  writer.flag(fields.vui !== undefined);
  fields.vui?.(writer);
  return withEmulationPrevention(writer.trailing().toBytes());
}

/** One list present that ends early, one full list, the rest absent. */
function writeScalingLists(writer: BitWriter, count: number): void {
  writer.flag(true).se(-8);
  writer.flag(true);
  for (let index = 0; index < 16; index += 1) writer.se(index % 2 === 0 ? 1 : -1);
  for (let list = 2; list < count; list += 1) writer.flag(false);
}

export function writePps({ id = 0, spsId = 0, bottomFieldOrder = false } = {}): Uint8Array {
  return new BitWriter().bits(8, 0x68).ue(id).ue(spsId).flag(false).flag(bottomFieldOrder).ue(0).trailing().toBytes();
}

export interface SliceFields {
  idr?: boolean;
  refIdc?: number;
  firstMb?: number;
  /** 5 P, 6 B, 7 I */
  type?: number;
  ppsId?: number;
  frameNum?: number;
  /** Only with an SPS that is not frame_mbs_only. */
  field?: 'frame' | 'top' | 'bottom';
  idrPicId?: number;
  orderLsb?: number;
  /** delta_pic_order_cnt of pic_order_cnt_type 1 */
  deltaOrder?: number;
  orderType?: 0 | 1 | 2;
  bytes?: number;
}

/** A slice of an SPS as `writeSps` writes it; after the header comes what looks like entropy-coded data. */
export function writeSlice(fields: SliceFields = {}): Uint8Array {
  const { idr = false, refIdc = 1, orderType = 0 } = fields;
  const writer = new BitWriter().bits(8, (refIdc << 5) | (idr ? 5 : 1)).ue(fields.firstMb ?? 0);
  writer
    .ue(fields.type ?? (idr ? 7 : 5))
    .ue(fields.ppsId ?? 0)
    .bits(4, fields.frameNum ?? 0);
  if (fields.field) writer.flag(fields.field !== 'frame');
  if (fields.field && fields.field !== 'frame') writer.flag(fields.field === 'bottom');
  if (idr) writer.ue(fields.idrPicId ?? 0);
  if (orderType === 0) writer.bits(4, fields.orderLsb ?? 0);
  if (orderType === 1) writer.se(fields.deltaOrder ?? 0);
  const body = Uint8Array.from({ length: fields.bytes ?? 20 }, (_, index) => 0x80 | ((index * 37) % 128));
  return withEmulationPrevention(Uint8Array.from([...writer.trailing().toBytes(), ...body]));
}

export const accessUnitDelimiter = Uint8Array.of(0x09, 0xf0);

/** SEI with a user data message, and a recovery point when asked. */
export function writeSei(recoveryFrames?: number, userData = 300): Uint8Array {
  const messages = [...Uint8Array.of(0x06, 5, ...(userData >= 255 ? [255, userData - 255] : [userData]))];
  messages.push(...new Array<number>(userData).fill(0x55));
  if (recoveryFrames !== undefined) {
    const payload = new BitWriter().ue(recoveryFrames).bits(4, 0).trailing().toBytes();
    messages.push(6, payload.length, ...payload);
  }
  return withEmulationPrevention(Uint8Array.from([...messages, 0x80]));
}

/** Joins NAL units with start codes: four bytes each, or three where `short` says so. */
export function annexB(units: readonly Uint8Array[], short: (index: number) => boolean = () => false): Uint8Array {
  return Uint8Array.from(units.flatMap((unit, index) => [...(short(index) ? [] : [0]), 0, 0, 1, ...unit]));
}

/** What a sample holds of these NAL units: each after its length in four bytes. */
export function lengthPrefixed(units: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(units.flatMap((unit) => [0, 0, unit.length >> 8, unit.length & 255, ...unit]));
}

export function withEmulationPrevention(raw: Uint8Array): Uint8Array {
  const bytes: number[] = [];
  for (const byte of raw) {
    if (byte <= 3 && bytes.at(-1) === 0 && bytes.at(-2) === 0) bytes.push(3);
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
