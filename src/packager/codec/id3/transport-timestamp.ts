import { ByteReader } from '../../bits/byte-reader.js';
import { MalformedError } from '../../bits/malformed.js';

/** Owner of the PRIV frame that tells when packed audio begins, RFC 8216 §3.4. */
export const timestampOwner = 'com.apple.streaming.transportStreamTimestamp';

const unsynchronised = 0x80;
const extendedHeader = 0x40;
/** Header of a tag, and of a frame. */
const headerSize = 10;

/**
 * The time stamp of packed audio in a whole ID3 tag of version 2.3 or 2.4: 33 bits of 90 kHz as in a transport stream.
 * @returns undefined when the tag has none @throws MalformedError
 */
export function transportTimestamp(tag: Uint8Array): number | undefined {
  const [version = 0, , flags = 0] = tag.subarray(3, 6);
  if (version < 3) return undefined; // 2.2 has no PRIV
  const footer = (flags & 0x10) === 0 ? 0 : headerSize;
  const body = tag.subarray(headerSize, tag.length - footer);
  const reader = new ByteReader((flags & unsynchronised) === 0 ? body : synchronised(body));
  if ((flags & extendedHeader) !== 0) {
    const size = readSize(reader, version);
    reader.skip(version === 4 ? Math.max(0, size - 4) : size); // 2.4 counts the size itself, too
  }
  while (reader.left >= headerSize) {
    const id = String.fromCharCode(...reader.bytes(4));
    if (id === '\0\0\0\0') return undefined; // padding
    const size = readSize(reader, version);
    reader.skip(2); // flags
    if (size > reader.left)
      throw new MalformedError(
        `ID3 frame ${JSON.stringify(id)} of ${size} bytes, ${reader.left} left`,
        reader.position,
      );
    const content = reader.bytes(size);
    const timestamp = id === 'PRIV' ? timestampOf(content) : undefined;
    if (timestamp !== undefined) return timestamp;
  }
  return undefined;
}

function timestampOf(content: Uint8Array): number | undefined {
  const end = content.indexOf(0);
  if (end < 0 || String.fromCharCode(...content.subarray(0, Math.min(end, 256))) !== timestampOwner) return undefined;
  const data = content.subarray(end + 1);
  if (data.length !== 8) throw new MalformedError(`${timestampOwner} of ${data.length} bytes; 8 are needed`, 0);
  const reader = new ByteReader(data);
  const [high, low] = [reader.u32(), reader.u32()];
  if (high > 1) throw new MalformedError(`${timestampOwner}: more than 33 bits`, 0);
  return high * 2 ** 32 + low;
}

/** Of 2.4, seven bits to a byte. */
function readSize(reader: ByteReader, version: number): number {
  const bytes = reader.bytes(4);
  return bytes.reduce((size, byte) => size * (version === 4 ? 128 : 256) + byte, 0);
}

/** Without the zeros that keep a tag from looking like sound, ID3v2 §5. */
function synchronised(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, at) => !(byte === 0 && bytes[at - 1] === 0xff));
}
