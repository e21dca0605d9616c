import { ByteReader } from '../bits/byte-reader.js';
import { MalformedError } from '../bits/malformed.js';

/** What an elementary stream descriptor says of its decoder, ISO/IEC 14496-1 §7.2.6.6. */
export interface DecoderConfiguration {
  /** objectTypeIndication, table 5: 0x40 MPEG-4 audio, 0x66 to 0x68 MPEG-2 AAC, 0x69 and 0x6b MP3, ... */
  readonly objectType: number;
  /** DecoderSpecificInfo: AudioSpecificConfig for MPEG-4 audio; empty when there is none. */
  readonly specificInfo: Uint8Array;
}

const tags = { esDescriptor: 0x03, decoderConfig: 0x04, decoderSpecificInfo: 0x05 };

/** @param bytes of `esds`, ISO/IEC 14496-14 §6.7.2 @throws MalformedError */
export function parseElementaryStreamDescriptor(bytes: Uint8Array): DecoderConfiguration {
  const reader = new ByteReader(bytes);
  reader.skip(4); // version, flags
  const stream = descriptor(reader, tags.esDescriptor);
  stream.skip(2); // ES_ID
  const flags = stream.u8();
  if (flags & 0x80) stream.skip(2); // dependsOn_ES_ID
  if (flags & 0x40) stream.skip(stream.u8()); // URL
  if (flags & 0x20) stream.skip(2); // OCR_ES_Id
  const decoder = descriptor(stream, tags.decoderConfig);
  const objectType = decoder.u8();
  decoder.skip(12); // stream type, buffer size, bit rates
  const info = decoder.left > 0 ? descriptor(decoder, tags.decoderSpecificInfo) : undefined;
  return { objectType, specificInfo: new Uint8Array(info?.bytes(info.left) ?? []) };
}

/** A cursor over the content of the descriptor that comes next. */
function descriptor(reader: ByteReader, tag: number): ByteReader {
  const found = reader.u8();
  if (found !== tag) throw new MalformedError(`descriptor ${found} where ${tag} is due`, reader.position - 1);
  let size = 0;
  for (let bytes = 1, more = true; more; bytes += 1) {
    if (bytes > 4) throw new MalformedError('descriptor size longer than 4 bytes', reader.position);
    const byte = reader.u8();
    size = size * 128 + (byte & 127);
    more = byte >= 128;
  }
  return new ByteReader(reader.bytes(size));
}
