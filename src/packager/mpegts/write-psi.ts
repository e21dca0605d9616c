import { mpegCrc32 } from '../bits/mpeg-crc32.js';
import { packetSize, syncByte } from './packet.js';
import { patPid } from './psi.js';

/** Where things lie in the streams that are made: one program of one map. */
export const mapPid = 0x1000;
export const firstStreamPid = 0x100;
const programNumber = 1;
const transportStreamId = 1;

export interface WrittenStream {
  readonly pid: number;
  readonly streamType: number;
  /** Of ES_info: each with tag and length. */
  readonly descriptors: readonly Uint8Array[];
}

/** A descriptor, ISO/IEC 13818-1 §2.6. */
export function descriptor(tag: number, ...body: readonly number[]): Uint8Array {
  return Uint8Array.of(tag, body.length, ...body);
}

/** program_association_section, ISO/IEC 13818-1 §2.4.4.3, in a packet of its own; its continuity counter is 0. */
export function associationPacket(): Uint8Array {
  return sectionPacket(patPid, section(0x00, transportStreamId, [...u16(programNumber), ...u16(0xe000 | mapPid)]));
}

/**
 * TS_program_map_section, §2.4.4.8, in a packet of its own; PCRs come with the first stream.
 * @param program descriptors of program_info
 */
export function mapPacket(streams: readonly WrittenStream[], program: readonly Uint8Array[] = []): Uint8Array {
  const entries = streams.flatMap(({ pid, streamType, descriptors }) => {
    const info = descriptors.flatMap((each) => [...each]);
    return [streamType, ...u16(0xe000 | pid), ...u16(0xf000 | info.length), ...info];
  });
  const pcrPid = streams[0]?.pid ?? 0x1fff;
  const info = program.flatMap((each) => [...each]);
  const head = [...u16(0xe000 | pcrPid), ...u16(0xf000 | info.length), ...info];
  return sectionPacket(mapPid, section(0x02, programNumber, [...head, ...entries]));
}

/** A section in the long form with its CRC, §2.4.4.1: version 0, current, the only one. */
function section(tableId: number, extension: number, body: readonly number[]): Uint8Array {
  const length = 5 + body.length + 4;
  const bytes = Uint8Array.of(tableId, ...u16(0xb000 | length), ...u16(extension), 0xc1, 0, 0, ...body, 0, 0, 0, 0);
  new DataView(bytes.buffer).setUint32(bytes.length - 4, mpegCrc32(bytes.subarray(0, -4)));
  return bytes;
}

function sectionPacket(pid: number, bytes: Uint8Array): Uint8Array {
  const room = packetSize - 5;
  if (bytes.length > room)
    throw new Error(`a section of ${bytes.length} bytes does not fit into one packet of ${room}`);
  const packet = new Uint8Array(packetSize).fill(0xff);
  packet.set([syncByte, 0x40 | (pid >> 8), pid & 255, 0x10, 0 /* pointer_field */]);
  packet.set(bytes, 5);
  return packet;
}

function u16(value: number): [number, number] {
  return [value >> 8, value & 255];
}
