import { PackagerError } from '../errors.js';
import type { SourceReader } from '../model/source-reader.js';
import { type ElementaryStream, extractElementaryStreams } from '../mpegts/elementary-stream.js';
import { packetSize } from '../mpegts/packet.js';
import { bytesHolding } from '../mpegts/packets-of-payload.js';
import { packedProgram, packedStream } from '../mpegts/packed-audio.js';
import { beginsWithTables, findProgram, type SelectedStreams, selectStreams } from '../mpegts/program.js';
import type { ProgramMap } from '../mpegts/psi.js';
import { sniffContent } from '../mpegts/sniff.js';
import type { SourceSegment } from './source-rendition.js';
import { type HeadOptions, type HeadSearch, searchHead, type TrackHead, type WantedStream } from './track-head.js';

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

export interface HeadReading {
  readonly reader: SourceReader;
  readonly signal?: AbortSignal | undefined;
  /** Largest segment, bytes. */
  readonly limit: number;
  /** What was enough for the heads before: the next one is likely to need as much, and one read is faster than several. */
  readonly enough: { bytes: number };
  /** Memory of heads that were read before, for the next ones: fresh memory costs more than the bytes that are read into it. */
  readonly spare: Uint8Array[];
  /** Shown the bytes of a head that has all that is wanted. */
  readonly look?: ((bytes: Uint8Array) => void) | undefined;
}

/** Enough for the first samples of many; each further attempt reads twice as much, up to the segment's end. */
const smallestHead = 64 * 1024;
/** One segment that lacks a track must not make all others be read whole. */
const largestFirstAttempt = 1024 * 1024;

/** What a segment is, and what is in it. @throws PackagerError when that cannot be told, or is not supported */
export async function readSegmentContent(
  segment: SourceSegment,
  reading: HeadReading,
  maximumTracks: number,
): Promise<SelectedStreams & { readonly packed?: true }> {
  for await (const { bytes, complete } of growingHead(segment, reading)) {
    if (sniffContent(bytes) !== 'packed audio') break;
    const options = { base: segment.range.offset ?? 0, complete };
    const selected = packedProgram(bytes, options);
    if (selected) return { ...selected, packed: true };
  }
  return selectStreams(await readProgram(segment, reading), maximumTracks);
}

/** The program map in a segment, else that of the stream that it was cut from. @throws PackagerError when the segment is no transport stream, or has no map */
export async function readProgram(segment: SourceSegment, reading: HeadReading): Promise<ProgramMap> {
  for await (const { bytes, complete } of growingHead(segment, reading)) {
    checkContent(bytes);
    const program = findProgram(bytes, segment.range.offset);
    if (program) return program;
    if (complete) break;
  }
  if (segment.program) return segment.program;
  throw new PackagerError('source_invalid', 'no PAT and PMT: what the transport stream holds cannot be known');
}

/** First samples of the streams that are wanted. @throws PackagerError */
export async function readSegmentHead(
  segment: SourceSegment,
  wanted: readonly WantedStream[],
  reading: HeadReading & { readonly randomAccess: boolean; readonly packed?: true },
): Promise<SegmentHead> {
  for await (const { bytes, complete } of growingHead(segment, reading)) {
    checkContent(bytes, reading.packed ? 'packed audio' : 'transport stream');
    const options = { base: segment.range.offset ?? 0, complete, randomAccess: reading.randomAccess };
    const searches = wanted.map((stream) =>
      reading.packed ? searchPacked(bytes, stream, options) : searchStream(bytes, stream, options),
    );
    if (searches.includes('more')) continue;
    const tracks = searches.map((found) => (typeof found === 'string' ? undefined : found));
    if (reading.packed) return { tracks, foreignBytes: 0, tablesFirst: false };
    reading.look?.(bytes);
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

/** Most streams show their first sample in so many bytes; then in four times as many, and so on. A multiple of the packet size. */
const smallestSearch = 64 * packetSize;

/** Looks at no more of the head than the stream's first sample takes: sound may begin far behind the first picture. */
function searchStream(
  bytes: Uint8Array,
  wanted: WantedStream,
  { base, complete, randomAccess }: HeadOptions & { readonly base: number },
): HeadSearch {
  for (let length = smallestSearch; ; length *= 4) {
    const whole = length >= bytes.length;
    const part = { complete: complete && whole, randomAccess };
    const options = { base, partial: !part.complete, keep: true };
    const [stream] = extractElementaryStreams(bytes.subarray(0, length), [wanted.pid], options);
    const found = searchHead(wanted, stream as ElementaryStream, part);
    if (found !== 'more' || whole) return found;
  }
}

function searchPacked(
  bytes: Uint8Array,
  wanted: WantedStream,
  { base, complete, randomAccess }: HeadOptions & { readonly base: number },
): HeadSearch {
  const stream = packedStream(bytes, { base, complete });
  return stream ? searchHead(wanted, stream, { complete, randomAccess }) : 'more';
}

interface Head {
  readonly bytes: Uint8Array;
  readonly complete: boolean;
}

/** The segment's first bytes, more on each turn. They are gone when the loop over them is left. */
async function* growingHead({ range }: SourceSegment, reading: HeadReading): AsyncGenerator<Head> {
  const { reader, limit, signal, enough, spare } = reading;
  const { offset = 0, length = Infinity } = range;
  let memory = spare.pop() ?? new Uint8Array(smallestHead);
  let had = 0;
  try {
    for (let wanted = Math.max(smallestHead, enough.bytes); ; wanted *= 2) {
      if (had >= limit) throw segmentTooLarge(limit);
      enough.bytes = Math.min(Math.max(enough.bytes, wanted), largestFirstAttempt);
      const asked = Math.min(wanted, length, limit) - had;
      memory = withRoom(memory, had, had + asked);
      const into = memory.subarray(had, had + asked);
      const more = await reader.readSome(range, offset + had, asked, { into, ...(signal && { signal }) });
      if (more.buffer !== memory.buffer) memory.set(more, had); // to read into it is an offer
      had += more.length;
      const bytes = memory.subarray(0, had);
      const ended = more.length < asked;
      if (ended && length !== Infinity) {
        throw new PackagerError(
          'source_invalid',
          `the resource ends ${length - had} bytes before the range of the segment does`,
        );
      }
      const complete = ended || had === length;
      if (complete && sniffContent(bytes) === 'transport stream' && had % packetSize !== 0)
        throw endsInsidePacket(had, offset);
      yield { bytes, complete };
      if (complete) return;
    }
  } finally {
    if (memory.length <= largestFirstAttempt) spare.push(memory);
  }
}

/** The memory if it has room for so many bytes, else more of it with the same first bytes. */
function withRoom(memory: Uint8Array, used: number, wanted: number): Uint8Array {
  if (memory.length >= wanted) return memory;
  const larger = new Uint8Array(wanted);
  larger.set(memory.subarray(0, used));
  return larger;
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

/** @throws PackagerError saying what the bytes are instead of what is wanted */
export function checkContent(
  bytes: Uint8Array,
  wanted: 'transport stream' | 'packed audio' = 'transport stream',
): void {
  const content = sniffContent(bytes);
  if (content === wanted) return;
  if (wanted === 'packed audio')
    throw new PackagerError(
      'source_invalid',
      `packed audio is expected, as in the segments before; ${content === 'unknown' ? 'something else' : content} was found`,
    );
  if (content === 'nothing') throw new PackagerError('source_invalid', 'it is empty (zero bytes)');
  if (content === 'web page or XML' || content === 'unknown' || content === 'playlist') {
    const given = content === 'unknown' ? 'something else' : `a ${content}`;
    throw new PackagerError(
      'source_invalid',
      `not a transport stream: packets of 188 bytes are expected, ${given} was found`,
    );
  }
  if (content === 'MP4')
    throw new PackagerError(
      'source_invalid',
      'MP4 without EXT-X-MAP: a playlist of fragmented MP4 must name the segment with its movie box',
    );
  throw new PackagerError('source_unsupported', `${content}: only transport streams of 188-byte packets are supported`);
}
