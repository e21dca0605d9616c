import { MalformedError } from '../bits/malformed.js';

/** Ticks of one sample of no bytes, and how many of them one gap may need. */
const longestEmpty = 2 ** 31;
const maximumEmpty = 1000;

/** The samples of one track in decode order, as columns that grow: entry i of each is sample i. */
export class SampleColumns {
  /** How many there are; what the arrays hold beyond it means nothing. */
  count = 0;
  /** Decode time of the first sample, ticks of the track. */
  start = 0;
  /** bytes */
  sizes: Uint32Array<ArrayBuffer>;
  /** ticks */
  durations: Uint32Array<ArrayBuffer>;
  /** Presentation time less decode time, ticks. */
  compositionOffsets: Int32Array<ArrayBuffer>;
  /** 1: can be decoded without an earlier one. */
  sync: Uint8Array<ArrayBuffer>;
  /** Offset in the resource, bytes. */
  positions: Float64Array<ArrayBuffer>;
  /** Decode time at which the last sample ends, less `start`. */
  duration = 0;

  constructor(capacity: number) {
    this.sizes = new Uint32Array(capacity);
    this.durations = new Uint32Array(capacity);
    this.compositionOffsets = new Int32Array(capacity);
    this.sync = new Uint8Array(capacity);
    this.positions = new Float64Array(capacity);
  }

  /** Makes room for as many more. */
  reserve(more: number): void {
    const needed = this.count + more;
    if (needed <= this.sizes.length) return;
    const capacity = Math.max(needed, this.sizes.length * 2);
    this.sizes = grown(this.sizes, new Uint32Array(capacity));
    this.durations = grown(this.durations, new Uint32Array(capacity));
    this.compositionOffsets = grown(this.compositionOffsets, new Int32Array(capacity));
    this.sync = grown(this.sync, new Uint8Array(capacity));
    this.positions = grown(this.positions, new Float64Array(capacity));
  }

  /** Adds samples of no bytes that last so long together. @throws MalformedError when that is longer than a track can be */
  addEmpty(ticks: number, position: number): void {
    const count = Math.ceil(ticks / longestEmpty);
    if (count > maximumEmpty) throw new MalformedError(`a gap of ${ticks} ticks`, position);
    this.reserve(count);
    for (let left = ticks; left > 0; left -= longestEmpty) {
      this.sizes[this.count] = 0;
      this.durations[this.count] = Math.min(left, longestEmpty);
      this.compositionOffsets[this.count] = 0;
      this.sync[this.count] = 1;
      this.positions[this.count] = position;
      this.count += 1;
    }
    this.duration += ticks;
  }

  /** Changes how long the last sample lasts, so that it ends where the next one begins. */
  endLastAt(time: number): void {
    const last = this.count - 1;
    const duration = (this.durations[last] ?? 0) + time - (this.start + this.duration);
    this.durations[last] = duration;
    this.duration = time - this.start;
  }
}

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
