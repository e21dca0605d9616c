import type { AvcConfiguration } from '../../model/track.js';
import { type AccessUnits, SampleGatherer } from '../sample-gatherer.js';
import { UnsupportedCodingError } from '../unsupported-coding.js';
import { type FindStartCode, startCodeFinder, takeNalUnits } from '../annexb.js';
import { beginsAccessUnit, nalType } from './nal-unit.js';
import { parameterSets } from './parameter-sets.js';
import { sameBytes } from '../../bits/same-bytes.js';
import { recoveryFrameCount } from './sei.js';
import {
  completesFrame,
  isOtherPicture,
  parseSliceHeader,
  type ParameterSets,
  type SliceHeader,
} from './slice-header.js';

/**
 * Splits a stream of start codes into access units (ITU-T H.264 §7.4.1.2.3) and makes samples of them in place: lengths are written over
 * start codes. Delimiters and filler go, parameter sets too unless they stay in band. Both fields of a frame make one sample.
 * @param bytes consumed by this @param from offset of the first unit's start code
 * @throws MalformedError, UnsupportedCodingError
 */
export function splitAccessUnits(bytes: Uint8Array, from: number, configuration: AvcConfiguration): AccessUnits {
  const splitter = new Splitter(bytes, from, configuration);
  takeNalUnits(bytes, from, splitter);
  return splitter.finish();
}

class Splitter {
  readonly find: FindStartCode;
  readonly #bytes: Uint8Array;
  readonly #configuration: AvcConfiguration;
  readonly #gatherer: SampleGatherer;
  #sets: ParameterSets | undefined;
  /** Offset of the NAL unit header of the unit's second field; -1: none. */
  #secondField = -1;

  constructor(bytes: Uint8Array, from: number, configuration: AvcConfiguration) {
    this.#bytes = bytes;
    this.#configuration = configuration;
    this.#gatherer = new SampleGatherer(bytes, from);
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
    if (this.#gatherer.firstSlice >= 0 && (this.#bytes[start + 1] as number) >= 0x80 && this.#isNextPicture(start))
      this.#close();
    this.#gatherer.begin(startCode);
    const kept = this.#gatherer.keep(start, end);
    if (type === nalType.idrSlice) this.#gatherer.sync = true;
    if (this.#gatherer.firstSlice < 0) this.#gatherer.firstSlice = kept;
  }

  #other(type: number, startCode: number, end: number): void {
    const start = startCode + 3;
    if (this.#gatherer.firstSlice >= 0 && beginsAccessUnit(type) && !this.#secondFieldFollows(end)) this.#close();
    this.#gatherer.begin(startCode);
    switch (type) {
      case nalType.accessUnitDelimiter:
      case nalType.filler:
        return;
      case nalType.sps:
        return this.#parameterSet(this.#configuration.sps, start, end);
      case nalType.pps:
        return this.#parameterSet(this.#configuration.pps, start, end);
      case nalType.sei:
        if (this.#gatherer.firstSlice < 0 && recoveryFrameCount(this.#bytes.subarray(start, end)) !== undefined)
          this.#gatherer.sync = true;
        break;
      case nalType.partitionA:
        throw new UnsupportedCodingError('H.264 data partitioning (Extended profile) is not supported', startCode);
    }
    this.#gatherer.keep(start, end);
  }

  #parameterSet(known: readonly Uint8Array[], start: number, end: number): void {
    if (this.#configuration.parameterSetsInBand) {
      this.#sets = undefined;
      this.#gatherer.keep(start, end);
      return;
    }
    const set = this.#bytes.subarray(start, end);
    if (known.some((one) => sameBytes(one, set))) return;
    throw new UnsupportedCodingError(
      'H.264 parameter sets change inside a segment; they may change at the start of one',
      start - 3,
    );
  }

  #close(): void {
    this.#gatherer.close();
    this.#secondField = -1;
  }

  #isNextPicture(start: number): boolean {
    if (start === this.#secondField) return false;
    const previous = this.#header(this.#gatherer.firstSlice);
    const next = this.#header(start);
    return isOtherPicture(previous, next) && !this.#pairs(previous, next, start);
  }

  /** Is the unit so far a first field, and does its second one follow, after a delimiter and SEI of its own? */
  #secondFieldFollows(from: number): boolean {
    if (this.#secondField >= 0) return from <= this.#secondField;
    if (![...this.#parameterSets().sps.values()].some((sps) => !sps.frameMbsOnly)) return false;
    const previous = this.#header(this.#gatherer.firstSlice);
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
    return this.#gatherer.finish();
  }
}
