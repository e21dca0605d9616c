import { packetSize, syncByte } from './packet.js';
import { timestampModulus } from '../timing/unwrap.js';

/** Times in ticks of 90 kHz that do not wrap. */
export interface PesTimes {
  readonly pts: number;
  readonly dts: number;
}

const payloadRoom = packetSize - 4;
/** length, flags and program_clock_reference of an adaptation field, ISO/IEC 13818-1 §2.4.3.4. */
const pcrFieldLength = 8;
const flagsFieldLength = 2;

/** Bytes of the PES header that writePesHeader writes, ISO/IEC 13818-1 §2.4.3.6. @param times absent: no access unit begins in the packet */
export function pesHeaderLength(times: PesTimes | undefined): number {
  return times === undefined ? 9 : times.pts === times.dts ? 14 : 19;
}

/** @param payload bytes that follow; more than the 16 bits of PES_packet_length hold are left open, which is for video only */
export function writePesHeader(
  into: Uint8Array,
  at: number,
  {
    streamId,
    times,
    payload,
  }: { readonly streamId: number; readonly times: PesTimes | undefined; readonly payload: number },
): void {
  const length = pesHeaderLength(times);
  const packetLength = payload + length - 6;
  const open = packetLength > 0xffff || (streamId & 0xf0) === 0xe0;
  into.set([0, 0, 1, streamId, open ? 0 : packetLength >> 8, open ? 0 : packetLength & 255], at);
  // marker bits, data_alignment_indicator; PTS_DTS_flags; PES_header_data_length
  into.set([times ? 0x84 : 0x80, length === 19 ? 0xc0 : times ? 0x80 : 0, length - 9], at + 6);
  if (!times) return;
  writeTimestamp(into, at + 9, length === 19 ? 3 : 2, times.pts);
  if (length === 19) writeTimestamp(into, at + 14, 1, times.dts);
}

/** 33 bits in five bytes, with marker bits between. */
function writeTimestamp(into: Uint8Array, at: number, prefix: number, ticks: number): void {
  const time = wrapped(ticks);
  const high = Math.floor(time / 2 ** 30);
  const low = time % 2 ** 30;
  into[at] = (prefix << 4) | (high << 1) | 1;
  into[at + 1] = (low >> 22) & 255;
  into[at + 2] = ((low >> 14) & 0xfe) | 1;
  into[at + 3] = (low >> 7) & 255;
  into[at + 4] = ((low << 1) & 0xfe) | 1;
}

function wrapped(ticks: number): number {
  return ((ticks % timestampModulus) + timestampModulus) % timestampModulus;
}

/** What one PES packet becomes. */
export interface PacketRun {
  readonly pid: number;
  /** continuity_counter of the first packet */
  readonly continuity: number;
  /** Ticks of 90 kHz; absent: no program_clock_reference. */
  readonly pcr?: number;
  /** random_access_indicator */
  readonly randomAccess: boolean;
  /** bytes of header and payload */
  readonly length: number;
  /** Packets more than are needed: each takes one byte of the end. Continuity counters count them. */
  readonly extra: number;
}

/** Bytes of the first packet's adaptation field as it is needed. */
function fieldLength({ pcr, randomAccess }: Pick<PacketRun, 'pcr' | 'randomAccess'>): number {
  return pcr !== undefined ? pcrFieldLength : randomAccess ? flagsFieldLength : 0;
}

/** How many packets the run takes. */
export function packetCount(run: PacketRun): number {
  return Math.ceil((run.length - run.extra + fieldLength(run)) / payloadRoom) + run.extra;
}

/**
 * Spreads a PES packet, which stands at the very end of the packets' room, over them: each share moves to its place from behind, so that no
 * byte is overwritten before it has moved, and nothing is allocated.
 * @param into from `at` on, packetCount(run) packets, whose last run.length bytes are the PES packet
 */
export function spreadPes(into: Uint8Array, at: number, run: PacketRun): void {
  const packets = packetCount(run);
  let from = at + packets * packetSize - run.length;
  let left = run.length;
  for (let index = 0; index < packets; index += 1) {
    const start = at + index * packetSize;
    const tail = packets - index <= run.extra;
    const need = index === 0 ? fieldLength(run) : 0;
    const share = tail ? 1 : Math.min(left - run.extra, payloadRoom - need);
    const field = payloadRoom - share;
    into.copyWithin(start + packetSize - share, from, from + share);
    from += share;
    left -= share;
    into[start] = syncByte;
    into[start + 1] = (index === 0 ? 0x40 : 0) | (run.pid >> 8);
    into[start + 2] = run.pid & 255;
    into[start + 3] = (field > 0 ? 0x30 : 0x10) | ((run.continuity + index) & 15);
    if (field > 0) writeAdaptationField(into, start + 4, field, index === 0 ? run : undefined);
  }
}

/** An adaptation field of `length` bytes with its length byte; what is not needed is stuffing. */
function writeAdaptationField(
  into: Uint8Array,
  at: number,
  length: number,
  run: Pick<PacketRun, 'pcr' | 'randomAccess'> | undefined,
): void {
  into[at] = length - 1;
  if (length === 1) return;
  const { pcr, randomAccess = false } = run ?? {};
  into[at + 1] = (randomAccess ? 0x40 : 0) | (pcr === undefined ? 0 : 0x10);
  if (pcr !== undefined) writePcr(into, at + 2, pcr);
  into.fill(0xff, at + (pcr === undefined ? flagsFieldLength : pcrFieldLength), at + length);
}

/** program_clock_reference_base of 33 bits, six reserved bits, an extension of 0. */
function writePcr(into: Uint8Array, at: number, ticks: number): void {
  const base = wrapped(ticks);
  const low = base % 2;
  const high = (base - low) / 2;
  into[at] = (high >>> 24) & 255;
  into[at + 1] = (high >>> 16) & 255;
  into[at + 2] = (high >>> 8) & 255;
  into[at + 3] = high & 255;
  into[at + 4] = (low << 7) | 0x7e;
  into[at + 5] = 0;
}

/** A packet with nothing but a program_clock_reference: it does not count in the continuity counter, which is that of the packet before. */
export function writePcrPacket(
  into: Uint8Array,
  at: number,
  { pid, continuity, pcr }: Required<Pick<PacketRun, 'pid' | 'continuity' | 'pcr'>>,
): void {
  into[at] = syncByte;
  into[at + 1] = pid >> 8;
  into[at + 2] = pid & 255;
  into[at + 3] = 0x20 | (continuity & 15);
  writeAdaptationField(into, at + 4, payloadRoom, { pcr, randomAccess: false });
}
