import { MalformedError } from './malformed.js';

/** A cursor over big-endian bytes that owns the bounds: reading past the end throws MalformedError with the offset. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #position: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#position = start;
    this.#end = end;
  }

  get position(): number {
    return this.#position;
  }
  get left(): number {
    return this.#end - this.#position;
  }

  u8(): number {
    return this.#take(1, (at) => this.#byte(at));
  }
  u16(): number {
    return this.#take(2, (at) => (this.#byte(at) << 8) | this.#byte(at + 1));
  }
  u32(): number {
    return this.u16() * 0x1_0000 + this.u16();
  }
  /** Exact up to 2^53; anything larger is no size, offset or time that could be used. */
  u64(): number {
    const value = this.u32() * 0x1_0000_0000 + this.u32();
    if (!Number.isSafeInteger(value)) throw new MalformedError(`64-bit number above 2^53`, this.#position - 8);
    return value;
  }
  i32(): number {
    return this.u32() | 0;
  }
  i64(): number {
    const high = this.i32();
    return high * 0x1_0000_0000 + this.u32();
  }
  skip(length: number): void {
    this.#take(length, () => 0);
  }
  /** A view, not a copy. */
  bytes(length: number): Uint8Array {
    return this.#take(length, (at) => this.#bytes.subarray(at, at + length));
  }

  #byte(at: number): number {
    return this.#bytes[at] as number;
  }

  #take<T>(length: number, read: (at: number) => T): T {
    if (length > this.left) throw new MalformedError(`need ${length} bytes, ${this.left} left`, this.#position);
    const value = read(this.#position);
    this.#position += length;
    return value;
  }
}
