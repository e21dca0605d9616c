import { writeAdtsFrame } from './adts-writer.js';
import {
  accessUnitDelimiter,
  annexB,
  lengthPrefixed,
  writePps,
  writeSei,
  writeSlice,
  writeSps,
} from './h264-writer.js';
import { audioPid, type PesFields, TransportStreamWriter, videoPid } from './transport-stream.js';

/** Streams of pictures and frames whose samples are known, to be laid out in PES packets and segments in every way that is allowed. */
export interface Unit {
  /** As the elementary stream has it. */
  readonly bytes: Uint8Array;
  /** As a sample has it. */
  readonly sample: Uint8Array;
  /** 90 kHz */
  readonly pts: number;
  readonly dts: number;
}

export const frameTicks = 3600;
/** AAC at 48 kHz: 1024 samples */
export const audioTicks = 1920;

/** Pictures at 25 fps, an IDR every `gop`, in decode order I P B P B ...; sizes vary. */
export function pictures(count: number, { gop = 15, delimiters = true, start = 126_000, level = 31 } = {}): Unit[] {
  const sets = [writeSps({ level }), writePps()];
  return Array.from({ length: count }, (_, index) => {
    const inGop = index % gop;
    const isLast = index === count - 1;
    // Decoded 0 1 2 3 4 ... are displayed 0 2 1 4 3 ...; a P picture without its B picture is displayed as decoded.
    const alone = inGop % 2 === 1 && (inGop === gop - 1 || isLast);
    const display = inGop === 0 || alone ? inGop : inGop % 2 === 1 ? inGop + 1 : inGop - 1;
    const isB = inGop > 0 && inGop % 2 === 0;
    const slice = writeSlice({
      ...{ idr: inGop === 0, refIdc: isB ? 0 : 2, type: inGop === 0 ? 7 : isB ? 6 : 5 },
      ...{ idrPicId: Math.floor(index / gop) % 2, frameNum: Math.ceil(inGop / 2) % 16, orderLsb: (display * 2) % 16 },
      bytes: 30 + ((index * 7919) % 1700),
    });
    const kept = [...(inGop === 0 ? [writeSei(undefined, 20 + index)] : []), slice];
    const units = [...(delimiters ? [accessUnitDelimiter] : []), ...(inGop === 0 ? sets : []), ...kept];
    const dts = start + index * frameTicks;
    const pts = start + (index - inGop + display + 1) * frameTicks;
    return {
      bytes: annexB(units, (at) => ![7, 8, 9].includes(units[at]![0]! & 31) && index % 3 === 0),
      sample: lengthPrefixed(kept),
      pts,
      dts,
    };
  });
}

/** AAC frames of 48 kHz whose payload now and then looks like a header. */
export function frames(count: number, { start = 126_000, channels = 2 } = {}): Unit[] {
  return Array.from({ length: count }, (_, index) => {
    const sample = Uint8Array.from({ length: 80 + ((index * 31) % 200) }, (_, at) => (index * 13 + at * 7) & 255);
    if (index % 5 === 0) sample.set([0xff, 0xf1, 0x4c, 0x80, 0x02, 0x1f, 0xfc], 11);
    const time = start + index * audioTicks;
    return { bytes: writeAdtsFrame(sample, { channels }), sample, pts: time, dts: time };
  });
}

export interface Pes extends PesFields {
  readonly pid: number;
  readonly payload: Uint8Array;
  /** Decode time without wraps: where the multiplexer puts the packet. */
  readonly time: number;
}

/**
 * Lays units out in PES packets whose payloads end where `nextEnd` says (offset in the stream, given the last one). A packet has the time
 * stamp of the first unit that commences in it, ISO/IEC 13818-1 §2.4.3.7.
 */
export function layOut(
  pid: number,
  units: readonly Unit[],
  nextEnd: (from: number) => number,
  fields: PesFields = {},
): Pes[] {
  const stream = new Uint8Array(Buffer.concat(units.map(({ bytes }) => bytes)));
  const starts = units
    .map(({ bytes }) => bytes.length)
    .reduce<number[]>((all, length) => [...all, all.at(-1)! + length], [0]);
  const packets: Pes[] = [];
  let time = units[0]?.dts ?? 0;
  for (let from = 0; from < stream.length;) {
    const wanted = Math.min(stream.length, Math.max(from + 2, nextEnd(from)));
    // Not between a zero_byte and its start code: whose time stamp follows is a matter of opinion there.
    const end = starts.includes(wanted - 1) ? wanted - 1 : wanted;
    const first = units[starts.findIndex((start) => start >= from && start < end)];
    const stamps = first && { pts: first.pts % 2 ** 33, ...(first.dts !== first.pts && { dts: first.dts % 2 ** 33 }) };
    time = first?.dts ?? time;
    packets.push({ pid, payload: stream.subarray(from, end), time, unbounded: pid === videoPid, ...fields, ...stamps });
    from = end;
  }
  return packets;
}

/** Ends of PES packets so that each holds `count` whole units. */
export function unitsEach(units: readonly Unit[], count: number): (from: number) => number {
  const ends: number[] = [];
  let at = 0;
  for (const [index, { bytes }] of units.entries()) {
    at += bytes.length;
    if ((index + 1) % count === 0 || index === units.length - 1) ends.push(at);
  }
  return (from) => ends.find((end) => end > from)!;
}

/** Packets of PES packets of several PIDs, in the order of their times; packet by packet in turn when `interleaved`. */
export function multiplex(streams: readonly (readonly Pes[])[], { interleaved = false } = {}): Uint8Array[] {
  const writer = new TransportStreamWriter();
  writer.tables(streams.map(([pes]) => ({ pid: pes!.pid, streamType: pes!.pid === audioPid ? 0x0f : 0x1b })));
  const tables = writer.packets.splice(0);
  const ordered: { time: number; packet: Uint8Array }[] = [];
  for (const stream of streams) {
    let time = -Infinity;
    for (const { pid, payload, time: due, ...fields } of stream) {
      writer.pes(pid, payload, fields);
      for (const [index, packet] of writer.packets.splice(0).entries()) {
        time = Math.max(time, due + (interleaved ? index * 700 : 0));
        ordered.push({ time, packet });
      }
    }
  }
  return [...tables, ...ordered.sort((a, b) => a.time - b.time).map(({ packet }) => packet)];
}

/** Resources of a media playlist over segments of packets. */
export function playlistOf(
  segments: readonly (readonly Uint8Array[])[],
  discontinuities: readonly number[] = [],
): Record<string, Uint8Array | string> {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:3', '#EXT-X-TARGETDURATION:100'];
  const resources: Record<string, Uint8Array | string> = {};
  for (const [index, packets] of segments.entries()) {
    if (discontinuities.includes(index)) lines.push('#EXT-X-DISCONTINUITY');
    lines.push('#EXTINF:1,', `${index}.ts`);
    resources[`mem://source/${index}.ts`] = new Uint8Array(Buffer.concat(packets));
  }
  return { ...resources, 'mem://source/index.m3u8': [...lines, '#EXT-X-ENDLIST', ''].join('\n') };
}
