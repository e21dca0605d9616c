import { BitWriter } from './bit-writer.js';
import { withEmulationPrevention } from './h264-writer.js';

/** Small H.265 units with the fields that matter here: their slices hold no picture. */
export interface HevcSpsFields {
  id?: number;
  /** 12 bytes, general_profile_space to general_level_idc */
  profileTierLevel?: readonly number[];
  subLayers?: number;
  chromaFormat?: number;
  width?: number;
  height?: number;
  /** left, right, top, bottom in crop units */
  crop?: readonly [number, number, number, number];
  bitDepth?: number;
  scalingLists?: boolean;
  pcm?: boolean;
  /** Each writes one short-term reference picture set. */
  shortTermSets?: readonly ((writer: BitWriter) => void)[];
  longTermPictures?: number;
  vui?: (writer: BitWriter) => void;
}

/** Main 10, level 4.1, progressive frames only: `hvc1.2.4.L123.B0`. */
export const main10 = [0x02, 0x20, 0, 0, 0, 0xb0, 0, 0, 0, 0, 0, 123] as const;

const header = (writer: BitWriter, type: number, layer = 0) =>
  writer.bits(1, 0).bits(6, type).bits(6, layer).bits(3, 1);

export function writeHevcVps(id = 0): Uint8Array {
  return finished(header(new BitWriter(), 32).bits(4, id).bits(12, 0xfff));
}

export function writeHevcSps(fields: HevcSpsFields = {}): Uint8Array {
  const { chromaFormat = 1, bitDepth = 8, crop, subLayers = 0, shortTermSets = [] } = fields;
  const writer = header(new BitWriter(), 33).bits(4, 0).bits(3, subLayers).flag(true);
  for (const byte of fields.profileTierLevel ?? main10) writer.bits(8, byte);
  if (subLayers > 0) {
    for (let layer = 0; layer < 8; layer += 1) writer.flag(layer < subLayers).flag(layer < subLayers);
    for (let layer = 0; layer < subLayers; layer += 1) for (let byte = 0; byte < 12; byte += 1) writer.bits(8, 0x55);
  }
  writer.ue(fields.id ?? 0).ue(chromaFormat);
  if (chromaFormat === 3) writer.flag(false);
  writer
    .ue(fields.width ?? 320)
    .ue(fields.height ?? 192)
    .flag(crop !== undefined);
  for (const side of crop ?? []) writer.ue(side);
  writer.ue(bitDepth - 8).ue(bitDepth - 8);
  writer.ue(0).flag(true); // log2_max_pic_order_cnt_lsb 4
  for (let value = 0; value < (subLayers + 1) * 3; value += 1) writer.ue(1);
  for (let value = 0; value < 6; value += 1) writer.ue(value);
  writer.flag(fields.scalingLists ?? false);
  if (fields.scalingLists) writeScalingLists(writer.flag(true));
  writer.bits(2, 3).flag(fields.pcm ?? false);
  if (fields.pcm) writer.bits(8, 0x77).ue(0).ue(2).flag(true);
  writer.ue(shortTermSets.length);
  for (const write of shortTermSets) write(writer);
  writer.flag(fields.longTermPictures !== undefined);
  if (fields.longTermPictures !== undefined) {
    writer.ue(fields.longTermPictures);
    for (let picture = 0; picture < fields.longTermPictures; picture += 1) writer.bits(5, picture);
  }
  writer.bits(2, 3).flag(fields.vui !== undefined);
  fields.vui?.(writer);
  return finished(writer.flag(false));
}

/** The first list of each size is there, the others are those before. */
function writeScalingLists(writer: BitWriter): void {
  for (let size = 0; size < 4; size += 1) {
    for (let matrix = 0; matrix < 6; matrix += size === 3 ? 3 : 1) {
      writer.flag(matrix === 0);
      if (matrix > 0) {
        writer.ue(1);
        continue;
      }
      if (size > 1) writer.se(-3);
      for (let index = 0; index < (size === 0 ? 16 : 64); index += 1) writer.se(index % 2 === 0 ? 2 : -2);
    }
  }
}

export function writeHevcPps({ id = 0, spsId = 0, extraBits = 0, outputFlag = false } = {}): Uint8Array {
  return finished(
    header(new BitWriter(), 34).ue(id).ue(spsId).flag(false).flag(outputFlag).bits(3, extraBits).bits(2, 1),
  );
}

export interface HevcSliceFields {
  /** nal_unit_type */
  type?: number;
  isFirst?: boolean;
  ppsId?: number;
  orderLsb?: number;
  layer?: number;
  bytes?: number;
  extraBits?: number;
  outputFlag?: boolean;
}

/** A slice of an SPS as `writeHevcSps` writes it; after the header comes what looks like entropy-coded data. */
export function writeHevcSlice(fields: HevcSliceFields = {}): Uint8Array {
  const { type = 1, isFirst = true } = fields;
  const writer = header(new BitWriter(), type, fields.layer).flag(isFirst);
  if (type >= 16 && type <= 23) writer.flag(false);
  writer.ue(fields.ppsId ?? 0);
  if (!isFirst) writer.bits(6, 9);
  writer.bits(fields.extraBits ?? 0, 0).ue(1);
  if (fields.outputFlag) writer.flag(true);
  if (type !== 19 && type !== 20) writer.bits(4, fields.orderLsb ?? 0);
  const body = Uint8Array.from({ length: fields.bytes ?? 20 }, (_, index) => 0x80 | ((index * 37) % 128));
  return withEmulationPrevention(Uint8Array.from([...writer.trailing().toBytes(), ...body]));
}

export const hevcDelimiter = Uint8Array.of(0x46, 0x01, 0x50);

/** Prefix SEI of these messages. */
export function writeHevcSei(
  ...messages: readonly (readonly [type: number, payload: readonly number[]])[]
): Uint8Array {
  const body = messages.flatMap(([type, payload]) => [type, payload.length, ...payload]);
  return withEmulationPrevention(Uint8Array.from([0x4e, 0x01, ...body, 0x80]));
}

function finished(writer: BitWriter): Uint8Array {
  return withEmulationPrevention(writer.trailing().toBytes());
}
