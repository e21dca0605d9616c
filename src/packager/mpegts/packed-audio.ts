import { MalformedError } from '../bits/malformed.js';
import { id3TagLength } from '../codec/id3/id3-tag.js';
import { timestampOwner, transportTimestamp } from '../codec/id3/transport-timestamp.js';
import { PackagerError } from '../errors.js';
import type { ElementaryStream } from './elementary-stream.js';
import type { SelectedStreams } from './program.js';
import type { StreamKind } from './stream-type.js';

/** Packed audio has no packets, and so no PID: it is called by this one. */
const packedPid = 1;

export interface PackedOptions {
  /** Offset of the bytes in the resource, for errors. */
  readonly base: number;
  /** These are all bytes of the segment. */
  readonly complete: boolean;
}

/**
 * A segment of packed audio, RFC 8216 §3.4, as an elementary stream: frames as they are behind ID3 tags, of which the first tells the time of
 * the first frame. @returns undefined when more bytes are needed
 * @throws PackagerError for tags that are broken, or tell no time
 */
export function packedStream(bytes: Uint8Array, { base, complete }: PackedOptions): ElementaryStream | undefined {
  let at = 0;
  let pts: number | undefined;
  while (at < bytes.length ? beginsTag(bytes, at) : !complete) {
    const length = id3TagLength(bytes, at);
    if (length === undefined) {
      if (!complete) return undefined;
      throw invalid('ID3 tag is broken or cut off', base + at);
    }
    try {
      pts ??= transportTimestamp(bytes.subarray(at, at + length));
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      throw invalid(error.message, base + at);
    }
    at += length;
  }
  if (pts === undefined)
    throw invalid(
      `packed audio without a time stamp: every segment must begin with an ID3 tag that has a PRIV frame of ${timestampOwner} (RFC 8216 §3.4)`,
      base,
    );
  const mark = { offset: 0, byteOffset: base + at, pts };
  return { pid: packedPid, data: bytes.subarray(at), marks: [mark], missing: 0 };
}

function beginsTag(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x49 && bytes[at + 1] === 0x44 && bytes[at + 2] === 0x33;
}

/** What a segment of packed audio holds; undefined when more bytes are needed. @throws PackagerError */
export function packedProgram(bytes: Uint8Array, options: PackedOptions): SelectedStreams | undefined {
  const stream = packedStream(bytes, options);
  if (!stream || (stream.data.length < 2 && !options.complete)) return undefined;
  const content = packedContent(stream.data);
  if (!content) {
    const found = [...stream.data.subarray(0, 2)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new PackagerError(
      'source_unsupported',
      `packed audio that begins with ${found || 'nothing'}; AAC (ADTS), AC-3, E-AC-3 and MPEG audio are supported`,
      { byteOffset: options.base + (stream.marks[0]?.byteOffset ?? 0) },
    );
  }
  const only = { pid: packedPid, streamType: 0, sampleEncrypted: false, content };
  return { streams: [only], metadata: [], leftOut: [] };
}

function packedContent(data: Uint8Array): Extract<StreamKind, { kind: 'audio' }> | undefined {
  const [first = 0, second = 0] = data;
  if (first === 0x0b && second === 0x77) return { kind: 'audio', name: 'AC-3 or E-AC-3', framing: 'dolby' };
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return undefined;
  // ISO/IEC 11172-3 §2.4.2.3: layer 0 is reserved; ADTS has it.
  const isAdts = (second & 0xf6) === 0xf0;
  return isAdts
    ? { kind: 'audio', name: 'AAC (ADTS)', framing: 'adts' }
    : { kind: 'audio', name: 'MPEG audio', framing: 'mpeg' };
}

function invalid(reason: string, byteOffset: number): PackagerError {
  return new PackagerError('source_invalid', reason, { byteOffset });
}
