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
  /** A key picture, or a recovery point: decoding can begin here. */
  readonly sync: boolean[];
  /** Offset in the stream, as it is now, of the NAL unit header of each unit's first slice. */
  readonly slices: number[];
}

/** A NAL unit of at most so many bytes is moved to follow the one before, since a longer gather list costs more than moving it. */
const cheapToMove = 4096;
const lengthBytes = 4;

/** Makes access units of the NAL units of a stream of start codes, in place: lengths are written over start codes. */
export class SampleGatherer {
  /** Offset of the NAL unit header of the first slice of the unit being built; -1: none yet. */
  firstSlice = -1;
  /** Decoding can begin at the unit being built. */
  sync = false;
  readonly #bytes: Uint8Array;
  readonly #units: AccessUnits = { data: [], sizes: [], starts: [], sync: [], slices: [] };
  /** What is kept since the last gap: goes into the gather list as one view. */
  #runStart: number;
  #runEnd: number;
  /** The unit being built. */
  #open = false;
  #size = 0;

  constructor(bytes: Uint8Array, from: number) {
    this.#bytes = bytes;
    this.#runStart = this.#runEnd = from;
  }

  /** A NAL unit is to come whose start code is there: the first one opens the access unit. */
  begin(startCode: number): void {
    if (this.#open) return;
    this.#open = true;
    this.#units.starts.push(startCode);
  }

  /** Ends the access unit, if it has a slice. */
  close(): void {
    if (this.firstSlice < 0) return;
    const { sizes, sync, slices } = this.#units;
    sizes.push(this.#size);
    sync.push(this.sync);
    slices.push(this.firstSlice);
    this.#open = this.sync = false;
    this.#size = 0;
    this.firstSlice = -1;
  }

  /** Adds a NAL unit to the gather list, its length before it. @returns where it is now */
  keep(start: number, end: number): number {
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

  finish(): AccessUnits {
    const rest = this.firstSlice < 0 ? this.#size : 0;
    if (this.#open && this.firstSlice < 0) this.#units.starts.pop();
    this.close();
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
