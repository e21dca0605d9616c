const multiplierA = 0x0100_0193;
const multiplierB = 0x85eb_ca6b;

/**
 * A running 64-bit digest (two 32-bit lanes of multiply and xor with different constants) to recognise equal audio, not to resist an
 * attacker: who can make two audios collide can make them equal as well.
 */
export class Fingerprint {
  #a = 0x811c_9dc5;
  #b = 0x2f0b_4c47;

  /** The bytes and how many they are: `#mix` of each, written out, since there are many. */
  bytes(bytes: Uint8Array): this {
    let [a, b] = [this.#a, this.#b];
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at] as number;
      a = Math.imul(a ^ byte, multiplierA);
      b = Math.imul(b ^ byte, multiplierB);
      b ^= b >>> 15;
    }
    [this.#a, this.#b] = [a, b];
    return this.integer(bytes.length);
  }

  /** A non-negative integer up to 2^53. */
  integer(value: number): this {
    this.#mix(value % 0x1_0000_0000);
    this.#mix(Math.floor(value / 0x1_0000_0000));
    return this;
  }

  text(value: string): this {
    for (const character of value) this.#mix(character.codePointAt(0) ?? 0);
    return this.integer(value.length);
  }

  #mix(value: number): void {
    this.#a = Math.imul(this.#a ^ value, multiplierA);
    this.#b = Math.imul(this.#b ^ value, multiplierB);
    this.#b ^= this.#b >>> 15;
  }

  toString(): string {
    return [this.#a, this.#b].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
