import { mpegCrc32 } from '../../src/packager/bits/mpeg-crc32.js';

/** Writes transport streams as multiplexers other than ffmpeg do: what PES packets hold and where they lie is the test's choice. */
export interface PesFields {
  /** 33 bits, 90 kHz */
  pts?: number;
  dts?: number;
  /** PES_packet_length 0 */
  unbounded?: boolean;
  /** Stuffing bytes in the header. */
  stuffing?: number;
  streamId?: number;
  scrambling?: number;
}

export interface StreamEntry {
  pid: number;
  streamType: number;
  descriptors?: readonly (readonly number[])[];
}

export const videoPid = 256;
export const audioPid = 257;
export const pmtPid = 4096;

const video: StreamEntry = { pid: videoPid, streamType: 0x1b };
const audio: StreamEntry = { pid: audioPid, streamType: 0x0f };
export const videoAndAudio: readonly StreamEntry[] = [video, audio];

const payloadSize = 184;

export class TransportStreamWriter {
  readonly packets: Uint8Array[] = [];
  readonly #counters = new Map<number, number>();

  /** PAT and PMT. */
  tables(streams: readonly StreamEntry[] = videoAndAudio): this {
    this.section(0, patSection([[1, pmtPid]]));
    return this.section(pmtPid, pmtSection(streams));
  }

  /** One section in as many packets as it needs; `before` goes into the first payload, before it, as the end of another section. */
  section(pid: number, section: Uint8Array, before = new Uint8Array(0)): this {
    const bytes = Uint8Array.from([before.length, ...before, ...section]);
    for (let at = 0; at < bytes.length; at += payloadSize) {
      const part = new Uint8Array(payloadSize).fill(0xff);
      part.set(bytes.subarray(at, at + payloadSize));
      this.packet(pid, part, at === 0);
    }
    return this;
  }

  pes(pid: number, payload: Uint8Array, fields: PesFields = {}): this {
    const bytes = pesPacket(pid === audioPid ? 0xc0 : 0xe0, payload, fields);
    for (let at = 0; at < bytes.length; at += payloadSize)
      this.packet(pid, bytes.subarray(at, at + payloadSize), at === 0);
    return this;
  }

  /** One packet; a payload that does not fill it is preceded by stuffing in the adaptation field. */
  packet(pid: number, payload: Uint8Array, unitStart = false, flags = 0): this {
    const counter = this.#counters.get(pid) ?? 0;
    const room = payloadSize - payload.length;
    const adaptation =
      room === 0 && flags === 0
        ? []
        : room === 1
          ? [0]
          : [room - 1, flags, ...new Array<number>(Math.max(0, room - 2)).fill(0xff)];
    const control = (adaptation.length > 0 ? 0x30 : 0x10) | counter;
    if (payload.length > 0) this.#counters.set(pid, (counter + 1) & 15);
    this.packets.push(
      Uint8Array.from([0x47, (unitStart ? 0x40 : 0) | (pid >> 8), pid & 255, control, ...adaptation, ...payload]),
    );
    return this;
  }

  toBytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.packets));
  }
}

function pesPacket(streamId: number, payload: Uint8Array, fields: PesFields): Uint8Array {
  const { pts, dts, stuffing = 0, unbounded = false } = fields;
  const stamps = [
    ...(pts === undefined ? [] : timestamp(dts === undefined ? 2 : 3, pts)),
    ...(dts === undefined ? [] : timestamp(1, dts)),
  ];
  const data = [...stamps, ...new Array<number>(stuffing).fill(0xff)];
  const length = unbounded ? 0 : 3 + data.length + payload.length;
  const flags = (pts === undefined ? 0 : 0x80) | (dts === undefined ? 0 : 0x40);
  const head = [
    0,
    0,
    1,
    fields.streamId ?? streamId,
    length >> 8,
    length & 255,
    0x80 | ((fields.scrambling ?? 0) << 4),
    flags,
    data.length,
  ];
  return Uint8Array.from([...head, ...data, ...payload]);
}

function timestamp(prefix: number, ticks: number): number[] {
  const part = (shift: number, bits: number) => Math.floor(ticks / 2 ** shift) % 2 ** bits;
  return [
    (prefix << 4) | (part(30, 3) << 1) | 1,
    part(22, 8),
    (part(15, 7) << 1) | 1,
    part(7, 8),
    (part(0, 7) << 1) | 1,
  ];
}

export function patSection(programs: readonly (readonly [number, number])[]): Uint8Array {
  return section(
    0x00,
    1,
    programs.flatMap(([number, pid]) => [number >> 8, number & 255, 0xe0 | (pid >> 8), pid & 255]),
  );
}

export function pmtSection(
  streams: readonly StreamEntry[],
  { current = true, programInfo = [] as readonly number[] } = {},
): Uint8Array {
  const entries = streams.flatMap(({ pid, streamType, descriptors = [] }) => {
    const info = descriptors.flat();
    return [streamType, 0xe0 | (pid >> 8), pid & 255, 0xf0 | (info.length >> 8), info.length & 255, ...info];
  });
  const pcr = streams[0]?.pid ?? 0x1fff;
  const info = [0xf0 | (programInfo.length >> 8), programInfo.length & 255, ...programInfo];
  return section(0x02, 1, [0xe0 | (pcr >> 8), pcr & 255, ...info, ...entries], current);
}

function section(tableId: number, extension: number, body: readonly number[], current = true): Uint8Array {
  const length = body.length + 9;
  const head = [
    tableId,
    0xb0 | (length >> 8),
    length & 255,
    extension >> 8,
    extension & 255,
    0xc0 | (current ? 1 : 0),
    0,
    0,
  ];
  const bytes = Uint8Array.from([...head, ...body]);
  const crc = mpegCrc32(bytes);
  return Uint8Array.from([...bytes, crc >>> 24, (crc >>> 16) & 255, (crc >>> 8) & 255, crc & 255]);
}
