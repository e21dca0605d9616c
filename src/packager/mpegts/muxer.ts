import type { IFrame } from '../model/i-frame.js';
import type { Samples } from '../model/samples.js';
import type { Track } from '../model/track.js';
import { rescale } from '../timing/timescale.js';
import { type Carriage, carriageOf } from './carriage.js';
import {
  metadataDescription,
  metadataPackets,
  type MetadataPayload,
  metadataPayloads,
  type MuxedMetadata,
  writeSection,
} from './mux-metadata.js';
import { packetSize } from './packet.js';
import { type PesPacket, pesPackets } from './pes-packets.js';
import { sampleCopier } from './sample-copier.js';
import { associationPacket, firstStreamPid, mapPacket } from './write-psi.js';
import {
  packetCount,
  type PacketRun,
  pesHeaderLength,
  spreadPes,
  writePcrPacket,
  writePesHeader,
} from './write-pes.js';

/** One track's share of a segment. */
export interface MuxedTrack {
  readonly track: Track;
  /** BCP 47 */
  readonly language?: string | undefined;
  readonly samples: Samples;
}

export interface TransportStreamSegment {
  readonly bytes: Uint8Array;
  /** Access units of the first track at which decoding can begin; each with PAT and PMT before it. */
  readonly iFrames: readonly IFrame[];
}

/** Continuity counters have four bits. */
const counterModulus = 16;
/** Ticks of 90 kHz by which clock references go ahead of decoding: what a decoder may buffer. 0.7 s as most multiplexers have it. */
const bufferDelay = 63_000;
/** ISO/IEC 13818-1 §2.7.2: clock references come at least every 0.1 s. */
const pcrInterval = 9000;
/** Ticks of 90 kHz without a picture or sound that clock references go on in, a minute: a hole of a day would be 160 MB of them. */
const longestHole = 60 * 90_000;

/**
 * A segment of a transport stream, ISO/IEC 13818-1: PAT and PMT first and again before every access unit at which decoding can begin, one
 * PES packet for each picture, a few audio frames to a PES packet, all in the order of decoding.
 *
 * Segments are made in any order, on any thread, and still join into one stream: every PID has a multiple of 16 packets in each segment, so
 * that continuity counters begin with 0 in all of them. What is missing to that is made up by shorter packets at a segment's end (a PES packet's
 * last bytes, one to a packet) and by repeating PAT and PMT.
 * @param tracks the first one carries the clock references @param clock ticks of 90 kHz of the period's time 0
 * @param metadata what goes along with them
 * @throws UnsupportedCodingError for what a transport stream cannot carry
 */
export function muxSegment(
  tracks: readonly MuxedTrack[],
  clock: number,
  metadata: readonly MuxedMetadata[] = [],
): TransportStreamSegment {
  return new Muxer(tracks, clock, metadata).segment();
}

interface Stream {
  readonly pid: number;
  readonly carriage: Pick<Carriage, 'streamType' | 'streamId' | 'descriptors'>;
  readonly timescale: number;
  readonly copy: (pes: PesPacket, into: Uint8Array, at: number) => void;
  /** Of messages, which are no PES packets. */
  readonly sections?: readonly Uint8Array[];
  /** Packets so far. */
  packets: number;
  /** PES packets to come. */
  left: number;
}

class Muxer {
  readonly #streams: readonly Stream[];
  readonly #pes: readonly PesPacket[];
  /** Before which PES packets the tables stand, by how often. */
  readonly #tables: ReadonlyMap<number, number>;
  readonly #psi: Uint8Array;
  readonly #bytes: Uint8Array;
  readonly #clock: number;
  /** Where the next segment's clock references begin: ticks of 90 kHz. */
  readonly #end: number;
  #length = 0;
  #tableCount = 0;
  /** Absent before the first one. */
  #lastPcr: number | undefined;

  constructor(tracks: readonly MuxedTrack[], clock: number, metadata: readonly MuxedMetadata[]) {
    const carriages = tracks.map(({ track, language }) => carriageOf(track, language));
    const packets = tracks.flatMap(({ track, samples }, index) =>
      pesPackets(samples, { stream: index, track, carriage: carriages[index] as Carriage, clock }),
    );
    const payloads = metadata.map((each) => metadataPayloads(each, clock));
    const events = payloads.flatMap((each, index) => metadataPackets(each, { stream: tracks.length + index, clock }));
    this.#pes = [...packets, ...events].sort((a, b) => a.times.dts - b.times.dts || a.stream - b.stream);
    const media = tracks.map(({ track, samples }, index) => ({
      pid: firstStreamPid + index,
      carriage: carriages[index] as Carriage,
      timescale: track.timescale,
      copy: sampleCopier(samples, carriages[index] as Carriage),
      packets: 0,
      left: this.#pes.filter(({ stream }) => stream === index).length,
    }));
    this.#streams = [
      ...media,
      ...metadata.map(({ format }, index) =>
        metadataStream(format, firstStreamPid + tracks.length + index, payloads[index] ?? []),
      ),
    ];
    this.#clock = clock;
    this.#psi = tables(
      this.#streams,
      metadata.map(({ format }) => metadataDescription(format).program),
    );
    this.#tables = placeTables(this.#pes);
    this.#end = endOf(tracks[0], packets);
    this.#bytes = new Uint8Array(largestSize(this.#pes, this.#tables, this.#end));
  }

  segment(): TransportStreamSegment {
    const iFrames: IFrame[] = [];
    for (const [index, pes] of this.#pes.entries()) {
      this.#writeMissingClock(pes.times.dts);
      const offset = this.#length;
      for (let count = this.#tables.get(index) ?? 0; count > 0; count -= 1) this.#writeTables();
      this.#writePes(pes);
      if (pes.stream !== 0 || !pes.randomAccess || !pes.nalUnits) continue;
      const { timescale } = this.#streams[0] as Stream;
      const time = rescale(pes.times.pts - this.#clock, 90_000, timescale);
      iFrames.push({ time, offset, length: this.#length - offset });
    }
    this.#writeMissingClock(this.#end);
    return { bytes: this.#bytes.subarray(0, this.#length), iFrames };
  }

  #writeTables(): void {
    this.#bytes.set(this.#psi, this.#length);
    this.#bytes[this.#length + 3] = 0x10 | (this.#tableCount & 15);
    this.#bytes[this.#length + packetSize + 3] = 0x10 | (this.#tableCount & 15);
    this.#tableCount += 1;
    this.#length += this.#psi.length;
  }

  #writePes(pes: PesPacket): void {
    const stream = this.#streams[pes.stream] as Stream;
    stream.left -= 1;
    if (stream.sections) return this.#writeSection(stream, stream.sections[pes.first] ?? new Uint8Array());
    const times = pes.continues ? undefined : pes.times;
    const headerLength = pesHeaderLength(times);
    const pcr = pes.stream === 0 ? { pcr: pes.times.dts - bufferDelay } : {};
    if (pes.stream === 0) this.#lastPcr = pes.times.dts;
    const plain: PacketRun = {
      pid: stream.pid,
      continuity: stream.packets & 15,
      ...pcr,
      randomAccess: pes.randomAccess && pes.stream === 0,
      length: headerLength + pes.size,
      extra: 0,
    };
    const run = stream.left === 0 ? rounded(plain, stream.packets) : plain;
    const packets = packetCount(run);
    const at = this.#length + packets * packetSize - run.length;
    writePesHeader(this.#bytes, at, { streamId: stream.carriage.streamId, times, payload: pes.size });
    stream.copy(pes, this.#bytes, at + headerLength);
    spreadPes(this.#bytes, this.#length, run);
    stream.packets += packets;
    this.#length += packets * packetSize;
  }

  #writeSection(stream: Stream, section: Uint8Array): void {
    const packets = writeSection(this.#bytes, this.#length, { pid: stream.pid, section, count: stream.packets });
    stream.packets += packets;
    this.#length += packets * packetSize;
  }

  /** Slow pictures, and much sound in one PES packet, leave more than the interval between their clock references. */
  #writeMissingClock(until: number): void {
    const { pid, packets } = this.#streams[0] as Stream;
    if (this.#lastPcr === undefined || until - this.#lastPcr > longestHole) return;
    while (until - this.#lastPcr > pcrInterval) {
      this.#lastPcr += pcrInterval;
      const pcr = this.#lastPcr - bufferDelay;
      writePcrPacket(this.#bytes, this.#length, { pid, continuity: (packets + 15) & 15, pcr });
      this.#length += packetSize;
    }
  }
}

function metadataStream(format: MuxedMetadata['format'], pid: number, payloads: readonly MetadataPayload[]): Stream {
  return {
    ...{ pid, timescale: 90_000, packets: 0, left: payloads.length },
    carriage: metadataDescription(format),
    copy: ({ first }, into, at) => into.set(payloads[first]?.data ?? [], at),
    ...(format === 'scte35' && { sections: payloads.map(({ data }) => data) }),
  };
}

/** With the packets more that make the PID's packets a multiple of 16. */
function rounded(plain: PacketRun, before: number): PacketRun {
  for (let extra = 0; extra < counterModulus + 1; extra += 1) {
    const run = { ...plain, extra };
    if ((before + packetCount(run)) % counterModulus === 0) return run;
  }
  throw new Error('one of 17 numbers of packets in a row must be a multiple of 16');
}

/** PAT and PMT. */
function tables(streams: readonly Stream[], program: readonly Uint8Array[]): Uint8Array {
  const psi = new Uint8Array(2 * packetSize);
  psi.set(associationPacket());
  psi.set(
    mapPacket(
      streams.map(({ pid, carriage: { streamType, descriptors } }) => ({ pid, streamType, descriptors })),
      program,
    ),
    packetSize,
  );
  return psi;
}

/** Once at the start and before each random access point of the first track, and evenly as often more as makes a multiple of 16. */
function placeTables(pes: readonly PesPacket[]): Map<number, number> {
  const places = new Map<number, number>([[0, 1]]);
  for (const [index, { stream, randomAccess, nalUnits }] of pes.entries())
    if (stream === 0 && randomAccess && nalUnits) places.set(index, 1);
  const missing = (counterModulus - (places.size % counterModulus)) % counterModulus;
  for (let nth = 1; nth <= missing; nth += 1) {
    const index = Math.floor((nth * pes.length) / (missing + 1));
    places.set(index, (places.get(index) ?? 0) + 1);
  }
  return places;
}

/** When what comes after the last PES packet of the first track is decoded; its last picture lasts as long as the one before. */
function endOf(first: MuxedTrack | undefined, packets: readonly PesPacket[]): number {
  const last = packets.findLast(({ stream }) => stream === 0);
  if (!first || !last) return 0;
  const { track, samples } = first;
  const [before = 0, final = before] = samples.decodeTimes.slice(-2);
  const lasts = track.kind === 'audio' ? track.configuration.frameLength * last.count : final - before;
  return last.times.dts + rescale(lasts, track.timescale, 90_000);
}

/** Room for all that can be written. @param end where the clock references end */
function largestSize(pes: readonly PesPacket[], places: ReadonlyMap<number, number>, end: number): number {
  const tableCount = [...places.values()].reduce((sum, count) => sum + count, 0);
  // Two packets beyond the payload's: header and clock reference, and the rest of a packet.
  const media = pes.reduce((sum, { size }) => sum + Math.ceil(size / (packetSize - 4)) + 2, 0);
  const streams = new Set(pes.map(({ stream }) => stream)).size;
  const first = pes[0]?.times.dts ?? 0;
  const last = Math.max(end, pes.at(-1)?.times.dts ?? 0);
  const clocks = Math.ceil(Math.min(last - first, (pes.length + 1) * longestHole) / pcrInterval) + 1;
  return packetSize * (2 * tableCount + media + streams * (counterModulus + 1) + clocks);
}
