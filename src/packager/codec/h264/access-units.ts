import { MalformedError } from '../../bits/malformed.js';
import type { AvcConfiguration } from '../../model/track.js';
import { UnsupportedCodingError } from '../unsupported-coding.js';
import { type FindStartCode, startCodeFinder, withoutTrailingZeros } from './annexb.js';
import { beginsAccessUnit, nalType } from './nal-unit.js';
import { parameterSets, sameBytes } from './parameter-sets.js';
import { recoveryFrameCount } from './sei.js';
import {
  completesFrame,
  isOtherPicture,
  parseSliceHeader,
  type ParameterSets,
  type SliceHeader,
} from './slice-header.js';

/** Access units in decode order, as samples of ISO/IEC 14496-15: columns, one entry per unit. */
export interface AccessUnits {
  /** Joined: every NAL unit that stays, each after its length in four bytes. Views of the stream that was given. */
  readonly data: Uint8Array[];
  /** bytes of each unit in `data` */
  readonly sizes: number[];
  /**
   * Offset in the stream, as it was, of each unit's first start code: its 00 00 01. A zero_byte before it does not count, since
   * multiplexers that split there leave it to the packet before.
   */
  readonly starts: number[];
  /** IDR, or a recovery point: decoding can begin here. */
  readonly sync: boolean[];
  /** Offset in the stream, as it is now, of the NAL unit header of each unit's first slice. */
  readonly slices: number[];
}

/** A NAL unit of at most so many bytes is moved to follow the one before, since a longer gather list costs more than moving it. */
const cheapToMove = 4096;
const lengthBytes = 4;

/**
 * Splits a stream of start codes into access units (ITU-T H.264 §7.4.1.2.3) and makes samples of them in place: lengths are written over
 * start codes. Delimiters and filler go, parameter sets too unless they stay in band. Both fields of a frame make one sample.
 * @param bytes consumed by this @param from offset of the first unit's start code
 * @throws MalformedError, UnsupportedCodingError
 */
export function splitAccessUnits(bytes: Uint8Array, from: number, configuration: AvcConfiguration): AccessUnits {
  const splitter = new Splitter(bytes, from, configuration);
  const find = splitter.find;
  let at = find(from);
  if (at < 0 || at - from > 1) throw new MalformedError('no start code where a picture should begin', from);
  while (at >= 0) {
    const next = find(at + 3);
    splitter.take(at, withoutTrailingZeros(bytes, at + 3, next < 0 ? bytes.length : next));
    at = next;
  }
  return splitter.finish();
}

class Splitter {
  readonly find: FindStartCode;
  readonly #bytes: Uint8Array;
  readonly #configuration: AvcConfiguration;
  readonly #units: AccessUnits = { data: [], sizes: [], starts: [], sync: [], slices: [] };
  #sets: ParameterSets | undefined;
  /** What is kept since the last gap: goes into the gather list as one view. */
  #runStart: number;
  #runEnd: number;
  /** The unit being built. */
  #open = false;
  #size = 0;
  #sync = false;
  /** Offsets of NAL unit headers; -1: none yet. */
  #firstSlice = -1;
  #secondField = -1;

  constructor(bytes: Uint8Array, from: number, configuration: AvcConfiguration) {
    this.#bytes = bytes;
    this.#configuration = configuration;
    this.#runStart = this.#runEnd = from;
    this.find = startCodeFinder(bytes);
  }

  /** One NAL unit: from its start code to its last byte. */
  take(startCode: number, end: number): void {
    const start = startCode + 3;
    if (start >= end) return;
    const type = (this.#bytes[start] as number) & 31;
    if (type === nalType.slice || type === nalType.idrSlice) this.#slice(type, startCode, end);
    else this.#other(type, startCode, end);
  }

  #slice(type: number, startCode: number, end: number): void {
    const start = startCode + 3;
    // first_mb_in_slice is 0 when its first bit is 1.
    if (this.#firstSlice >= 0 && (this.#bytes[start + 1] as number) >= 0x80 && this.#isNextPicture(start))
      this.#close();
    this.#begin(startCode);
    const kept = this.#keep(start, end);
    if (type === nalType.idrSlice) this.#sync = true;
    if (this.#firstSlice < 0) this.#firstSlice = kept;
  }

  #other(type: number, startCode: number, end: number): void {
    const start = startCode + 3;
    if (this.#firstSlice >= 0 && beginsAccessUnit(type) && !this.#secondFieldFollows(end)) this.#close();
    this.#begin(startCode);
    switch (type) {
      case nalType.accessUnitDelimiter:
      case nalType.filler:
        return;
      case nalType.sps:
        return this.#parameterSet(this.#configuration.sps, start, end);
      case nalType.pps:
        return this.#parameterSet(this.#configuration.pps, start, end);
      case nalType.sei:
        if (this.#firstSlice < 0 && recoveryFrameCount(this.#bytes.subarray(start, end)) !== undefined)
          this.#sync = true;
        break;
      case nalType.partitionA:
        throw new UnsupportedCodingError('H.264 data partitioning (Extended profile) is not supported', startCode);
    }
    this.#keep(start, end);
  }

  #parameterSet(known: readonly Uint8Array[], start: number, end: number): void {
    if (this.#configuration.parameterSetsInBand) {
      this.#sets = undefined;
      this.#keep(start, end);
      return;
    }
    const set = this.#bytes.subarray(start, end);
    if (known.some((one) => sameBytes(one, set))) return;
    throw new UnsupportedCodingError(
      'H.264 parameter sets change inside a segment; they may change at the start of one',
      start - 3,
    );
  }

  #begin(startCode: number): void {
    if (this.#open) return;
    this.#open = true;
    this.#units.starts.push(startCode);
  }

  #close(): void {
    if (this.#firstSlice < 0) return;
    const { sizes, sync, slices } = this.#units;
    sizes.push(this.#size);
    sync.push(this.#sync);
    slices.push(this.#firstSlice);
    this.#open = this.#sync = false;
    this.#size = 0;
    this.#firstSlice = this.#secondField = -1;
  }

  /** Adds a NAL unit to the gather list, its length before it. @returns where it is now */
  #keep(start: number, end: number): number {
    const length = end - start;
    const room = start - this.#runEnd;
    this.#size += lengthBytes + length;
    if (room < lengthBytes) return this.#keepWithLengthAside(start, end);
    if (room > lengthBytes && length > cheapToMove) this.#flush(start - lengthBytes);
    const at = this.#runEnd + lengthBytes;
    if (at !== start) this.#bytes.copyWithin(at, start, end);
    writeLength(this.#bytes, this.#runEnd, length);
    this.#runEnd = at + length;
    return at;
  }

  /** A start code of three bytes right after a unit that is kept: no room for four bytes of length. */
  #keepWithLengthAside(start: number, end: number): number {
    const length = new Uint8Array(lengthBytes);
    writeLength(length, 0, end - start);
    this.#flush(start);
    this.#units.data.push(length);
    this.#runEnd = end;
    return start;
  }

  #flush(next: number): void {
    if (this.#runEnd > this.#runStart) this.#units.data.push(this.#bytes.subarray(this.#runStart, this.#runEnd));
    this.#runStart = this.#runEnd = next;
  }

  #isNextPicture(start: number): boolean {
    if (start === this.#secondField) return false;
    const previous = this.#header(this.#firstSlice);
    const next = this.#header(start);
    return isOtherPicture(previous, next) && !this.#pairs(previous, next, start);
  }

  /** Is the unit so far a first field, and does its second one follow, after a delimiter and SEI of its own? */
  #secondFieldFollows(from: number): boolean {
    if (this.#secondField >= 0) return from <= this.#secondField;
    if (![...this.#parameterSets().sps.values()].some((sps) => !sps.frameMbsOnly)) return false;
    const previous = this.#header(this.#firstSlice);
    if (!previous.fieldPicture) return false;
    for (let at = this.find(from); at >= 0; at = this.find(at + 3)) {
      const type = (this.#bytes[at + 3] ?? 0) & 31;
      if (type === nalType.idrSlice) return false;
      if (type === nalType.slice) return this.#pairs(previous, this.#header(at + 3), at + 3);
    }
    return false;
  }

  #pairs(previous: SliceHeader, next: SliceHeader, at: number): boolean {
    if (this.#secondField >= 0 || !completesFrame(previous, next)) return false;
    this.#secondField = at;
    return true;
  }

  #header(at: number): SliceHeader {
    return parseSliceHeader(this.#bytes.subarray(at), this.#parameterSets());
  }

  #parameterSets(): ParameterSets {
    return (this.#sets ??= parameterSets(this.#configuration));
  }

  finish(): AccessUnits {
    const rest = this.#firstSlice < 0 ? this.#size : 0;
    if (this.#open && this.#firstSlice < 0) this.#units.starts.pop();
    this.#close();
    this.#flush(this.#runEnd);
    // What follows the last picture (a lone delimiter, SEI) belongs to no sample.
    dropLast(this.#units.data, rest);
    return this.#units;
  }
}

function dropLast(data: Uint8Array[], length: number): void {
  for (let left = length; left > 0;) {
    const view = data.pop() as Uint8Array;
    if (view.length > left) data.push(view.subarray(0, view.length - left));
    left -= view.length;
  }
}

function writeLength(bytes: Uint8Array, at: number, length: number): void {
  bytes[at] = length >>> 24;
  bytes[at + 1] = (length >>> 16) & 255;
  bytes[at + 2] = (length >>> 8) & 255;
  bytes[at + 3] = length & 255;
}
