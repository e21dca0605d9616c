import type { HevcConfiguration } from '../../model/video.js';
import { type FindStartCode, startCodeFinder, takeNalUnits } from '../annexb.js';
import { sameBytes } from '../../bits/same-bytes.js';
import { type AccessUnits, SampleGatherer } from '../sample-gatherer.js';
import { UnsupportedCodingError } from '../unsupported-coding.js';
import { beginsAccessUnit, isKeyPicture, isSlice, layerId, nalHeaderLength, nalType, nalUnitType } from './nal-unit.js';

/**
 * Splits a stream of start codes into access units (ITU-T H.265 §7.4.2.4.4) and makes samples of them in place: lengths are written over
 * start codes. Delimiters and filler go, parameter sets too unless they stay in band.
 * @param bytes consumed by this @param from offset of the first unit's start code
 * @throws MalformedError, UnsupportedCodingError
 */
export function splitAccessUnits(bytes: Uint8Array, from: number, configuration: HevcConfiguration): AccessUnits {
  const splitter = new Splitter(bytes, from, configuration);
  takeNalUnits(bytes, from, splitter);
  return splitter.gatherer.finish();
}

class Splitter {
  readonly find: FindStartCode;
  readonly gatherer: SampleGatherer;
  readonly #bytes: Uint8Array;
  readonly #configuration: HevcConfiguration;

  constructor(bytes: Uint8Array, from: number, configuration: HevcConfiguration) {
    this.#bytes = bytes;
    this.#configuration = configuration;
    this.gatherer = new SampleGatherer(bytes, from);
    this.find = startCodeFinder(bytes);
  }

  /** One NAL unit: from its start code to its last byte. */
  take(startCode: number, end: number): void {
    const start = startCode + 3;
    if (end - start < nalHeaderLength) return;
    if (layerId(this.#bytes, start) > 0)
      throw new UnsupportedCodingError('HEVC of several layers (scalable, multiview) is not supported', startCode);
    const type = nalUnitType(this.#bytes[start] as number);
    if (isSlice(type)) this.#slice(type, startCode, end);
    else this.#other(type, startCode, end);
  }

  #slice(type: number, startCode: number, end: number): void {
    const start = startCode + 3;
    // first_slice_segment_in_pic_flag
    const isFirst = (this.#bytes[start + nalHeaderLength] as number) >= 0x80;
    if (isFirst) this.gatherer.close();
    this.gatherer.begin(startCode);
    const kept = this.gatherer.keep(start, end);
    if (isKeyPicture(type)) this.gatherer.sync = true;
    if (this.gatherer.firstSlice < 0) this.gatherer.firstSlice = kept;
  }

  #other(type: number, startCode: number, end: number): void {
    const start = startCode + 3;
    if (beginsAccessUnit(type)) this.gatherer.close();
    this.gatherer.begin(startCode);
    const { vps, sps, pps } = this.#configuration;
    switch (type) {
      case nalType.accessUnitDelimiter:
      case nalType.filler:
        return;
      case nalType.vps:
        return this.#parameterSet(vps, start, end);
      case nalType.sps:
        return this.#parameterSet(sps, start, end);
      case nalType.pps:
        return this.#parameterSet(pps, start, end);
    }
    this.gatherer.keep(start, end);
  }

  #parameterSet(known: readonly Uint8Array[], start: number, end: number): void {
    if (this.#configuration.parameterSetsInBand) {
      this.gatherer.keep(start, end);
      return;
    }
    const set = this.#bytes.subarray(start, end);
    if (known.some((one) => sameBytes(one, set))) return;
    throw new UnsupportedCodingError(
      'HEVC parameter sets change inside a segment; they may change at the start of one',
      start - 3,
    );
  }
}
