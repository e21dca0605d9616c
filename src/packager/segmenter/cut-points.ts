import { MalformedError } from '../bits/malformed.js';
import { startCodeFinder } from '../codec/annexb.js';
import { type NalCodec, nalCodecs } from '../codec/nal-codec.js';
import { PackagerError } from '../errors.js';
import { isClosed } from '../model/sap-type.js';
import { packetSize, parsePacketHeader, syncByte } from '../mpegts/packet.js';
import { parsePesHeader, type PesHeader } from '../mpegts/pes.js';
import { unwrap } from '../timing/unwrap.js';
import type { WantedStream } from './track-head.js';

export interface CutPoint {
  /** Offset of the transport stream packet in which the segment's first PES packet begins. */
  readonly offset: number;
  /** Time stamps do not go on from what came before. */
  readonly discontinuity: boolean;
}

export interface CutOptions {
  /** What segments begin with: the video, or the audio where there is no video. */
  readonly leading: WantedStream;
  /** ticks of 90 kHz; a segment ends at the first place that allows it from there on */
  readonly target: number;
  /** bytes */
  readonly limit: number;
}

/** A step of decode times beyond this is a discontinuity, not a frame that is missing: 10 s in ticks of 90 kHz. */
const largestStep = 10 * 90_000;
/** A picture's first slice must come within so many bytes of its PES packet; parameter sets and SEI come before it. */
const searchedBytes = 64 * 1024;

/** A PES packet whose first picture is still to be seen. */
interface Pending {
  readonly offset: number;
  readonly bytes: Uint8Array;
  length: number;
  /** Length at which looking again is worth it: doubles, so that absurd packets cost no more than linear time. */
  lookAt: number;
}

/** Finds where a transport stream can be cut, while it passes in chunks: at pictures that need no earlier one, target apart or more. */
export class CutPointFinder {
  readonly #points: CutPoint[] = [{ offset: 0, discontinuity: false }];
  readonly #options: CutOptions;
  /** Bytes seen. */
  #position = 0;
  /** Decode times, unwrapped. */
  #last: number | undefined;
  /** Of the segment's first picture that can be entered: what comes before the first one of all is left out. */
  #segmentStart: number | undefined;
  #pending: Pending | undefined;
  /** Its pictures begin with delimiters: a packet that begins with another unit begins within a picture. */
  #delimited: boolean | undefined;
  readonly #buffer = new Uint8Array(searchedBytes + packetSize);

  constructor(options: CutOptions) {
    this.#options = options;
  }

  /** @param chunk a whole number of packets, following the ones before @throws PackagerError */
  add(chunk: Uint8Array): void {
    const high = this.#options.leading.pid >> 8;
    const low = this.#options.leading.pid & 255;
    for (let at = 0; at + packetSize <= chunk.length; at += packetSize) {
      if (chunk[at] !== syncByte) throw lostSync(this.#position + at, chunk[at] as number);
      if (chunk[at + 2] !== low || ((chunk[at + 1] as number) & 0x1f) !== high) continue;
      if (this.#pending || ((chunk[at + 1] as number) & 0x40) !== 0) this.#take(chunk, at);
    }
    this.#position += chunk.length;
    const size = this.#position - (this.#points.at(-1)?.offset ?? 0);
    if (size > this.#options.limit) {
      throw new PackagerError(
        'source_too_large',
        `no picture to cut at within maximumSegmentBytes, ${this.#options.limit}; key frames must come more often`,
        { byteOffset: this.#position },
      );
    }
  }

  /** Once all chunks have been added. */
  finish(): readonly CutPoint[] {
    this.#joinKeyless();
    return this.#points;
  }

  #take(chunk: Uint8Array, at: number): void {
    const header = parsePacketHeader(chunk, at);
    if (!header.hasPayload || header.scrambled) return; // extracting says what is wrong
    const payload = chunk.subarray(Math.min(header.payload, at + packetSize), at + packetSize);
    if (header.unitStart) this.#pending = { offset: this.#position + at, bytes: this.#buffer, length: 0, lookAt: 0 };
    const pending = this.#pending;
    if (!pending) return;
    pending.bytes.set(payload, pending.length);
    pending.length += payload.length;
    if (pending.length < pending.lookAt) return;
    pending.lookAt = Math.min(searchedBytes, pending.length < 2048 ? 0 : pending.length * 2);
    this.#decide(pending);
  }

  /** Once a PES packet's first picture is known, the packet is done with. */
  #decide({ offset, bytes, length }: Pending): void {
    const pes = parsed(bytes.subarray(0, length), offset);
    if (!pes) return;
    const payload = bytes.subarray(pes.headerLength, length);
    const { codec } = this.#options.leading;
    const access = codec === undefined || randomAccess(payload, codec);
    if (access === undefined && length < searchedBytes) return;
    this.#pending = undefined;
    this.#delimited ??= beginsWithDelimiter(payload, codec);
    const begins = !this.#delimited || beginsWithDelimiter(payload, codec);
    if (pes.pts !== undefined) this.#place(offset, pes.dts ?? pes.pts, access === true && begins);
  }

  #place(offset: number, dts: number, access: boolean): void {
    const time = unwrap(dts, this.#last ?? dts);
    const step = this.#last === undefined ? 0 : time - this.#last;
    this.#last = time;
    const discontinuity = step < 0 || step > largestStep;
    const due = access && this.#segmentStart !== undefined && time - this.#segmentStart >= this.#options.target;
    if (due || discontinuity) {
      this.#joinKeyless();
      this.#points.push({ offset, discontinuity });
      this.#segmentStart = undefined;
    }
    if (access) this.#segmentStart ??= time;
  }

  /** Behind a step without any picture to begin with, the stream went on: pictures were far apart (slides), or some are missing. */
  #joinKeyless(): void {
    if (this.#segmentStart === undefined && this.#points.length > 1) this.#points.pop();
  }
}

/** Does the PES packet begin with a picture that can be decoded by itself? Undefined: more bytes are needed. */
function randomAccess(payload: Uint8Array, codec: NalCodec): boolean | undefined {
  const picture = nalCodecs[codec].firstPicture(payload, startCodeFinder(payload), 0);
  return picture && picture.start <= 1 && (isClosed(picture.sap) || picture.sap === 3);
}

function beginsWithDelimiter(payload: Uint8Array, codec: NalCodec | undefined): boolean {
  if (codec === undefined) return false;
  const start = startCodeFinder(payload)(0);
  return start >= 0 && nalCodecs[codec].isDelimiter(payload[start + 3] ?? 0);
}

function parsed(bytes: Uint8Array, byteOffset: number): PesHeader | undefined {
  try {
    return parsePesHeader(bytes);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new PackagerError('source_invalid', error.message, { byteOffset });
  }
}

function lostSync(byteOffset: number, found: number): PackagerError {
  const hex = found.toString(16).padStart(2, '0');
  return new PackagerError('source_invalid', `lost sync: 0x47 expected, 0x${hex} found`, { byteOffset });
}
