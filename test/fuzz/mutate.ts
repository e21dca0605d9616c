/** Pseudo-random numbers that a seed repeats (mulberry32): from 0 to below 1. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Values at the edges of what fields hold. */
const edges = [0, 1, 2, 3, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xffff_fff8];
const mostChanges = 6;
/** bytes */
const largestInput = 1 << 20;

/** A changed copy of one of these inputs: some bits, bytes, numbers and stretches are other ones, missing, doubled or from another input. */
export function mutate(corpus: readonly Uint8Array[], random: () => number): Uint8Array {
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(items: readonly T[]) => items[below(items.length)] as T;
  let bytes: Uint8Array = pick(corpus).slice();
  for (let changes = 1 + below(mostChanges); changes > 0; changes -= 1) {
    const at = below(bytes.length + 1);
    const length = 1 + below(Math.min(64, bytes.length - at + 1));
    switch (below(8)) {
      case 0:
        if (at < bytes.length) bytes[at]! ^= 1 << below(8);
        break;
      case 1:
        if (at < bytes.length) bytes[at] = below(256);
        break;
      case 2:
        setNumber(bytes, { at, size: pick([1, 2, 4]), value: pick(edges) });
        break;
      case 3:
        setNumber(bytes, { at, size: pick([1, 2, 4]), value: below(bytes.length + 2) });
        break;
      case 4:
        bytes = spliced(bytes, { at, remove: length });
        break;
      case 5:
        bytes = spliced(bytes, { at, insert: bytes.slice(at, at + length) });
        break;
      case 6: {
        const other = pick(corpus);
        const from = below(other.length + 1);
        bytes = spliced(bytes, { at, remove: below(2) * length, insert: other.slice(from, from + length) });
        break;
      }
      case 7:
        bytes = below(4) === 0 ? bytes.slice(0, at) : spliced(bytes, { at, insert: Uint8Array.of(pick(edges) & 255) });
    }
  }
  return bytes.slice(0, largestInput);
}

function setNumber(bytes: Uint8Array, { at, size, value }: { at: number; size: number; value: number }): void {
  for (let index = 0; index < size && at + index < bytes.length; index += 1)
    bytes[at + index] = Math.floor(value / 256 ** (size - 1 - index)) & 255;
}

function spliced(
  bytes: Uint8Array,
  { at, remove = 0, insert = new Uint8Array() }: { at: number; remove?: number; insert?: Uint8Array },
): Uint8Array {
  return Uint8Array.from(Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]));
}
