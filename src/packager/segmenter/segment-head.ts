import { PackagerError } from '../errors.js';
import type { SourceReader } from '../model/source-reader.js';
import { extractElementaryStreams } from '../mpegts/elementary-stream.js';
import { packetSize } from '../mpegts/packet.js';
import { bytesHolding } from '../mpegts/packets-of-payload.js';
import { beginsWithTables, findProgram } from '../mpegts/program.js';
import type { ProgramMap } from '../mpegts/psi.js';
import { sniffContent } from '../mpegts/sniff.js';
import type { SourceSegment } from './source-rendition.js';
import { type HeadOptions, type HeadSearch, searchHead, type TrackHead } from './track-head.js';

/** What was read of one segment's head. */
export interface SegmentHead {
  /** Per wanted stream; undefined when the segment has no sample of it. */
  readonly tracks: readonly (TrackHead | undefined)[];
  /** Bytes at the head that hold the rest of the samples begun in the segment before; 0 for most sources. */
  readonly foreignBytes: number;
  /** In its first bytes; segments cut from one stream have none of their own. */
  readonly program?: ProgramMap;
  /** PAT and PMT stand before all else. */
  readonly tablesFirst: boolean;
}

export interface WantedStream {
  readonly kind: 'video' | 'audio';
  readonly pid: number;
}

export interface HeadReading {
  readonly reader: SourceReader;
  readonly signal?: AbortSignal | undefined;
  /** Largest segment, bytes. */
  readonly limit: number;
  /** What was enough for the heads before: the next one is likely to need as much, and one read is faster than several. */
  readonly enough: { bytes: number };
}

/** Enough for the first samples of many; each further attempt reads twice as much, up to the segment's end. */
const smallestHead = 64 * 1024;
/** One segment that lacks a track must not make all others be read whole. */
const largestFirstAttempt = 1024 * 1024;

/** The program map at a segment's head. @throws PackagerError when the segment is no transport stream, or has no map */
export async function readProgram(segment: SourceSegment, reading: HeadReading): Promise<ProgramMap> {
  for await (const { bytes, complete } of growingHead(segment, reading)) {
    const program = findProgram(bytes, segment.range.offset);
    if (program) return program;
    if (complete) break;
  }
  throw new PackagerError('source_invalid', 'no PAT and PMT: what the transport stream holds cannot be known');
}

/** First samples of the streams that are wanted. @throws PackagerError */
export async function readSegmentHead(
  segment: SourceSegment,
  wanted: readonly WantedStream[],
  reading: HeadReading & { readonly randomAccess: boolean },
): Promise<SegmentHead> {
  for await (const { bytes, complete } of growingHead(segment, reading)) {
    const searches = searchAll(bytes, wanted, { base: segment.range.offset ?? 0, complete, ...reading });
    if (searches.includes('more')) continue;
    const tracks = searches.map((found) => (typeof found === 'string' ? undefined : found));
    const needs = new Map(wanted.map(({ pid }, index) => [pid, tracks[index]?.skip ?? 0]));
    const program = findProgram(bytes, segment.range.offset);
    return {
      tracks,
      foreignBytes: bytesHolding(bytes, needs),
      ...(program && { program }),
      tablesFirst: beginsWithTables(bytes, wanted),
    };
  }
  throw new Error('a complete head needs no more bytes');
}

function searchAll(
  bytes: Uint8Array,
  wanted: readonly WantedStream[],
  options: HeadOptions & { readonly base: number },
): HeadSearch[] {
  const streams = extractElementaryStreams(
    new Uint8Array(bytes), // a copy, since it is consumed; `slice` of a Buffer is none
    wanted.map(({ pid }) => pid),
    { base: options.base, partial: !options.complete },
  );
  return wanted.map(({ kind }, index) => searchHead(kind, streams[index] as (typeof streams)[0], options));
}

interface Head {
  readonly bytes: Uint8Array;
  readonly complete: boolean;
}

/** The segment's first bytes, more on each turn, checked to be a transport stream. */
async function* growingHead({ range }: SourceSegment, reading: HeadReading): AsyncGenerator<Head> {
  const { reader, limit, signal, enough } = reading;
  const { uri, offset = 0, length = Infinity } = range;
  let bytes: Uint8Array = new Uint8Array(0);
  for (let wanted = Math.max(smallestHead, enough.bytes); ; wanted *= 2) {
    if (bytes.length >= limit) throw segmentTooLarge(limit);
    enough.bytes = Math.min(Math.max(enough.bytes, wanted), largestFirstAttempt);
    const asked = Math.min(wanted, length, limit) - bytes.length;
    const more = await reader.readSome(uri, offset + bytes.length, asked, signal);
    bytes = joined(bytes, more);
    const ended = more.length < asked;
    if (ended && length !== Infinity) {
      throw new PackagerError(
        'source_invalid',
        `the resource ends ${length - bytes.length} bytes before the range of the segment does`,
      );
    }
    if (bytes.length === more.length) checkContent(bytes);
    const complete = ended || bytes.length === length;
    if (complete && bytes.length % packetSize !== 0) throw endsInsidePacket(bytes.length, offset);
    yield { bytes, complete };
    if (complete) return;
  }
}

function segmentTooLarge(limit: number): PackagerError {
  return new PackagerError('source_too_large', `a segment is larger than maximumSegmentBytes, ${limit}`);
}

function endsInsidePacket(length: number, offset: number): PackagerError {
  const rest = length % packetSize;
  return new PackagerError(
    'source_invalid',
    `truncated: it ends inside a packet, with ${rest} of ${packetSize} bytes`,
    {
      byteOffset: offset + length - rest,
    },
  );
}

/** @throws PackagerError saying what the bytes are instead of a transport stream */
export function checkContent(bytes: Uint8Array): void {
  const content = sniffContent(bytes);
  if (content === 'transport stream') return;
  if (content === 'nothing') throw new PackagerError('source_invalid', 'it is empty (zero bytes)');
  if (content === 'web page or XML' || content === 'unknown' || content === 'playlist') {
    const given = content === 'unknown' ? 'something else' : `a ${content}`;
    throw new PackagerError(
      'source_invalid',
      `not a transport stream: packets of 188 bytes are expected, ${given} was found`,
    );
  }
  throw new PackagerError('source_unsupported', `${content}: only transport streams of 188-byte packets are supported`);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
