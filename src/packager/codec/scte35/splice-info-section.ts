import { BitReader } from '../../bits/bit-reader.js';
import { MalformedError } from '../../bits/malformed.js';
import { mpegCrc32 } from '../../bits/mpeg-crc32.js';
import { timestampModulus } from '../../timing/unwrap.js';

/** splice_info_section, ANSI/SCTE 35 §9.6, as far as it says where programmes are left and returned to. */
export interface SpliceInfo {
  /** 33 bits, 90 kHz, pts_adjustment added; absent: at once, or not known. */
  readonly ptsTime?: number;
  /** splice_insert(), §9.7.3; absent for other commands, and for one that is cancelled. */
  readonly insert?: SpliceInsert;
  /** segmentation_descriptor()s, §10.3.3, but for cancelled ones. */
  readonly segmentations: readonly Segmentation[];
  /** Announced before, and not to be: splice_event_cancel_indicator, segmentation_event_cancel_indicator. */
  readonly cancelled?: readonly SpliceEvent[];
}

/** splice_event_ids and segmentation_event_ids are apart. */
export type SpliceEvent = `insert ${number}` | `segmentation ${number}`;

export interface SpliceInsert {
  readonly eventId: number;
  /** out_of_network_indicator: a break begins; else it ends. */
  readonly out: boolean;
  /** Ticks of 90 kHz. */
  readonly duration?: number;
  /** The break ends by itself after its duration. */
  readonly autoReturn: boolean;
}

export interface Segmentation {
  readonly eventId: number;
  /** segmentation_type_id, Table 23 */
  readonly typeId: number;
  /** Ticks of 90 kHz. */
  readonly duration?: number;
  /** segmentation_upid_type, Table 22 */
  readonly upidType: number;
  readonly upid: Uint8Array;
}

export const spliceTableId = 0xfc;
const commands = { insert: 0x05, timeSignal: 0x06 } as const;
const segmentationTag = 0x02;
/** `CUEI` */
const cueIdentifier = 0x43554549;
const smallestSection = 18;

/** @throws MalformedError for what is no such section, is damaged, or encrypted */
export function parseSpliceInfo(section: Uint8Array): SpliceInfo {
  checkSection(section);
  const bits = new BitReader(section.subarray(3, -4));
  bits.skip(8); // protocol_version
  if (bits.flag()) throw new MalformedError('splice_info_section is encrypted', 4);
  bits.skip(6);
  const adjustment = timestamp(bits);
  bits.skip(8 + 12);
  bits.skip(12); // splice_command_length: 0xFFF in old messages, so the command itself says where it ends
  const type = bits.bits(8);
  const command: Command | Cancelled =
    type === commands.insert ? spliceInsert(bits) : type === commands.timeSignal ? timeSignal(bits) : {};
  const known = type === commands.insert || type === commands.timeSignal;
  const { ptsTime, insert }: Command = isCancelled(command) ? {} : command;
  const described = known ? segmentations(bits) : [];
  const cancelled = [command, ...described].flatMap((each) => (isCancelled(each) ? [each.cancelled] : []));
  return {
    ...(ptsTime !== undefined && { ptsTime: (ptsTime + adjustment) % timestampModulus }),
    ...(insert && { insert }),
    segmentations: described.flatMap((each) => (isCancelled(each) ? [] : [each])),
    ...(cancelled.length > 0 && { cancelled }),
  };
}

/** The same message where time stamps are `ticks` later: pts_adjustment says it, and the CRC is made anew. */
export function shiftSplice(section: Uint8Array, ticks: number): Uint8Array {
  const shifted = Uint8Array.from(section);
  const view = new DataView(shifted.buffer);
  const high = shifted[4] as number;
  const before = (high & 1) * 2 ** 32 + view.getUint32(5);
  const after = (((before + ticks) % timestampModulus) + timestampModulus) % timestampModulus;
  shifted[4] = (high & 0xfe) | Math.floor(after / 2 ** 32);
  view.setUint32(5, after % 2 ** 32);
  view.setUint32(shifted.length - 4, mpegCrc32(shifted.subarray(0, -4)));
  return shifted;
}

function checkSection(section: Uint8Array): void {
  if (section[0] !== spliceTableId)
    throw new MalformedError(`splice_info_section has table_id 0xfc; given: 0x${(section[0] ?? 0).toString(16)}`, 0);
  const length = 3 + ((((section[1] ?? 0) & 15) << 8) | (section[2] ?? 0));
  if (section.length < smallestSection || length !== section.length)
    throw new MalformedError(`splice_info_section of ${section.length} bytes says that it has ${length}`, 1);
  if (mpegCrc32(section) !== 0) throw new MalformedError('splice_info_section with a wrong CRC', section.length - 4);
}

interface Cancelled {
  readonly cancelled: SpliceEvent;
}

function isCancelled(each: Segmentation | Command | Cancelled): each is Cancelled {
  return 'cancelled' in each;
}

interface Command {
  readonly ptsTime?: number | undefined;
  readonly insert?: SpliceInsert;
}

function spliceInsert(bits: BitReader): Command | Cancelled {
  const eventId = bits.bits(32);
  const cancelled = bits.flag();
  bits.skip(7);
  if (cancelled) return { cancelled: `insert ${eventId}` };
  const out = bits.flag();
  const wholeProgram = bits.flag();
  const hasDuration = bits.flag();
  const immediate = bits.flag();
  bits.skip(4);
  let ptsTime = wholeProgram && !immediate ? spliceTime(bits) : undefined;
  if (!wholeProgram) {
    for (let left = bits.bits(8); left > 0; left -= 1) {
      bits.skip(8); // component_tag
      // Components are spliced together but for a frame; the first one with a time stands for all.
      if (!immediate) ptsTime = first(ptsTime, spliceTime(bits));
    }
  }
  const autoReturn = hasDuration && bits.flag();
  if (hasDuration) bits.skip(6);
  const duration = hasDuration ? timestamp(bits) : undefined;
  bits.skip(32); // unique_program_id, avail_num, avails_expected
  return { ptsTime, insert: { eventId, out, autoReturn, ...(duration !== undefined && { duration }) } };
}

function first(known: number | undefined, next: number | undefined): number | undefined {
  return known ?? next;
}

function timeSignal(bits: BitReader): Command {
  return { ptsTime: spliceTime(bits) };
}

/** splice_time(), §9.8.1 */
function spliceTime(bits: BitReader): number | undefined {
  const specified = bits.flag();
  if (!specified) {
    bits.skip(7);
    return undefined;
  }
  bits.skip(6);
  return timestamp(bits);
}

function timestamp(bits: BitReader): number {
  return bits.bits(1) * 2 ** 32 + bits.bits(32);
}

function segmentations(bits: BitReader): (Segmentation | Cancelled)[] {
  const end = bits.bits(16) * 8 + bits.position;
  const found: (Segmentation | Cancelled)[] = [];
  while (bits.position + 16 <= end) {
    const tag = bits.bits(8);
    const body = new BitReader(bytes(bits, bits.bits(8)));
    if (tag !== segmentationTag || body.left < 32 || body.bits(32) !== cueIdentifier) continue;
    found.push(readSegmentation(body));
  }
  return found;
}

function readSegmentation(bits: BitReader): Segmentation | Cancelled {
  const eventId = bits.bits(32);
  const cancelled = bits.flag();
  bits.skip(7);
  if (cancelled) return { cancelled: `segmentation ${eventId}` };
  const wholeProgram = bits.flag();
  const hasDuration = bits.flag();
  bits.skip(6);
  if (!wholeProgram) for (let left = bits.bits(8); left > 0; left -= 1) bits.skip(48);
  const duration = hasDuration ? bits.bits(8) * 2 ** 32 + bits.bits(32) : undefined;
  const upidType = bits.bits(8);
  const upid = bytes(bits, bits.bits(8));
  const typeId = bits.bits(8);
  return { eventId, typeId, upidType, upid, ...(duration !== undefined && { duration }) };
}

function bytes(bits: BitReader, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => bits.bits(8));
}
