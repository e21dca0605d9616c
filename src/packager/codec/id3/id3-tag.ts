/** ID3v2 §3.1: `ID3`, version, flags, and a size of four bytes with seven bits each. */
const headerSize = 10;
const footerFlag = 0x10;

/** `ID3` stands there, whole tag or not. */
export function beginsId3Tag(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x49 && bytes[at + 1] === 0x44 && bytes[at + 2] === 0x33;
}

/** Bytes of the ID3 tag at `at`, with header and footer; undefined when there is none, or not all of it. */
export function id3TagLength(bytes: Uint8Array, at: number): number | undefined {
  if (bytes.length - at < headerSize) return undefined;
  if (!beginsId3Tag(bytes, at)) return undefined;
  let size = 0;
  for (let index = at + 6; index < at + headerSize; index += 1) {
    const byte = bytes[index] as number;
    if (byte > 127) return undefined;
    size = size * 128 + byte;
  }
  const footer = ((bytes[at + 5] as number) & footerFlag) === 0 ? 0 : headerSize;
  const length = headerSize + size + footer;
  return bytes.length - at < length ? undefined : length;
}

/** The tags of one access unit, which may follow each other: all bytes that belong to whole ones, from the start. */
export function id3Tags(bytes: Uint8Array): Uint8Array {
  let end = 0;
  for (let length = id3TagLength(bytes, 0); length !== undefined; length = id3TagLength(bytes, end)) end += length;
  return bytes.subarray(0, end);
}
