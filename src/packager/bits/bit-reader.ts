import { MalformedError } from './malformed.js';

/** A cursor over bits, most significant first: reading past the end throws MalformedError with the byte offset. */
export class BitReader {
  readonly #bytes: Uint8Array;
  /** in bits */
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** u(n), n up to 32 */
  bits(count: number): number {
    if (this.#position + count > this.#bytes.length * 8) {
      throw new MalformedError(`need ${count} bits, ${this.#bytes.length * 8 - this.#position} left`, this.offset);
    }
    let value = 0;
    for (let left = count; left > 0; left -= 1) value = value * 2 + this.#next();
    return value;
  }
  flag(): boolean {
    return this.bits(1) === 1;
  }
  skip(count: number): void {
    for (let left = count; left > 0; left -= 32) this.bits(Math.min(left, 32));
  }

  /** ue(v), Exp-Golomb, H.264 §9.1; at most 32 bits as the standard allows. */
  ue(): number {
    let zeros = 0;
    while (!this.flag()) {
      zeros += 1;
      if (zeros > 31) throw new MalformedError('Exp-Golomb code longer than 32 bits', this.offset);
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }
  /** se(v), H.264 §9.1.1 */
  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : 0 - code / 2;
  }

  /** bits read */
  get position(): number {
    return this.#position;
  }
  /** bits to come */
  get left(): number {
    return this.#bytes.length * 8 - this.#position;
  }
  /** bytes begun */
  get offset(): number {
    return this.#position >> 3;
  }

  #next(): number {
    const byte = this.#bytes[this.#position >> 3] as number;
    const bit = (byte >> (7 - (this.#position & 7))) & 1;
    this.#position += 1;
    return bit;
  }
}
