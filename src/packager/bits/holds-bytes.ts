/** The one thing of Node's Buffer that is wanted: searching several bytes natively. */
interface NativeBuffer {
  from(buffer: ArrayBufferLike, offset: number, length: number): { includes(pattern: Uint8Array): boolean };
}

/** Does the pattern occur in the bytes? Native where `globalThis.Buffer` is, plain elsewhere. */
export function holdsBytes(
  bytes: Uint8Array,
  pattern: Uint8Array,
  native = (globalThis as { Buffer?: NativeBuffer }).Buffer,
): boolean {
  if (native) return native.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(pattern);
  const [first = 0] = pattern;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1))
    if (pattern.every((byte, index) => bytes[at + index] === byte)) return true;
  return false;
}
