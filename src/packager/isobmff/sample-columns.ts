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
