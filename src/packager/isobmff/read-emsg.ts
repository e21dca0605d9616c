import { ByteReader } from '../bits/byte-reader.js';
import { MalformedError } from '../bits/malformed.js';

/** An event message as it was found, ISO/IEC 23009-1 §5.10.3.3. */
export interface FoundMessage {
  readonly schemeIdUri: string;
  readonly value: string;
  /** Ticks per second. */
  readonly timescale: number;
  /** Ticks; of version 0 after the earliest presentation time of the segment that it is in, else on the movie's time line. */
  readonly time: number;
  readonly version: 0 | 1;
  readonly id: number;
  /** A copy: the rest of what was read need not be kept for it. */
  readonly data: Uint8Array;
}

/**
 * @param bytes what follows the header of an `emsg`
 * @returns undefined for a version that is not known, which readers are to pass over (ISO/IEC 14496-12 §4.2) @throws MalformedError
 */
export function parseEmsg(bytes: Uint8Array): FoundMessage | undefined {
  const reader = new ByteReader(bytes);
  const version = reader.u8();
  reader.skip(3);
  if (version === 0) {
    const scheme = { schemeIdUri: string(reader, bytes), value: string(reader, bytes) };
    return { ...scheme, version, ...numbers(reader, () => reader.u32()), data: rest(reader) };
  }
  if (version !== 1) return undefined;
  const said = numbers(reader, () => reader.u64());
  return { ...said, version, schemeIdUri: string(reader, bytes), value: string(reader, bytes), data: rest(reader) };
}

function numbers(reader: ByteReader, readTime: () => number): Pick<FoundMessage, 'timescale' | 'time' | 'id'> {
  const timescale = reader.u32();
  if (timescale === 0) throw new MalformedError('timescale is 0', reader.position - 4);
  const time = readTime();
  reader.skip(4); // event_duration: what is carried says it itself
  return { timescale, time, id: reader.u32() };
}

/** UTF-8 with a terminating zero. */
function string(reader: ByteReader, bytes: Uint8Array): string {
  const end = bytes.indexOf(0, reader.position);
  if (end < 0) throw new MalformedError('a string without its terminating zero', reader.position);
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(reader.bytes(end - reader.position));
  reader.skip(1);
  return text;
}

function rest(reader: ByteReader): Uint8Array {
  return new Uint8Array(reader.bytes(reader.left));
}
