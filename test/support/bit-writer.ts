/** Writes bits, most significant first: what the parsers of codecs read, for their tests. */
export class BitWriter {
  readonly #bits: number[] = [];

  bits(count: number, value: number): this {
    for (let bit = count - 1; bit >= 0; bit -= 1) this.#bits.push(Math.floor(value / 2 ** bit) % 2);
    return this;
  }
  flag(value: boolean): this {
    return this.bits(1, value ? 1 : 0);
  }
  /** ue(v), ITU-T H.264 §9.1 */
  ue(value: number): this {
    const length = Math.floor(Math.log2(value + 1));
    return this.bits(length, 0).bits(length + 1, value + 1);
  }
  se(value: number): this {
    return this.ue(value > 0 ? value * 2 - 1 : -value * 2);
  }
  /** rbsp_trailing_bits: a one, then zeros to the byte's end. */
  trailing(): this {
    this.#bits.push(1);
    return this;
  }
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8));
    for (const [index, bit] of this.#bits.entries()) bytes[index >> 3]! |= bit << (7 - (index & 7));
    return bytes;
  }
}
