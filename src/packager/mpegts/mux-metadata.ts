import { shiftSplice } from '../codec/scte35/splice-info-section.js';
import type { MetadataFormat, TimedMetadata } from '../model/timed-metadata.js';
import { packetSize, syncByte } from './packet.js';
import type { PesPacket } from './pes-packets.js';
import { descriptor, type WrittenStream } from './write-psi.js';

/** Timed metadata of one format that goes into a segment. */
export interface MuxedMetadata {
  readonly format: MetadataFormat;
  readonly events: readonly TimedMetadata[];
  /** Ticks of 90 kHz of the period's time 0 in the source: messages of SCTE 35 hold times of its clock. */
  readonly origin: number;
}

type Description = Omit<WrittenStream, 'pid'> & { readonly streamId: number; readonly program: Uint8Array };

/** metadata_application_format and metadata_format: both are in identifiers, which are `ID3 `. */
const id3 = [0xff, 0xff, 0x49, 0x44, 0x33, 0x20, 0xff, 0x49, 0x44, 0x33, 0x20, 0];

/** ISO/IEC 13818-1 Table 2-34, §2.6.58 metadata_pointer_descriptor and §2.6.60 metadata_descriptor; SCTE 35 §8.1 registration. */
const descriptions: Readonly<Record<MetadataFormat, Description>> = {
  id3: {
    ...{ streamType: 0x15, streamId: 0xbd },
    descriptors: [descriptor(0x26, ...id3, 0x0f)],
    program: descriptor(0x25, ...id3, 0x1f, 0, 1),
  },
  scte35: {
    ...{ streamType: 0x86, streamId: 0, descriptors: [] },
    program: descriptor(0x05, 0x43, 0x55, 0x45, 0x49),
  },
};

export function metadataDescription(format: MetadataFormat): Description {
  return descriptions[format];
}

/** What goes into one PES packet, or section. */
export interface MetadataPayload {
  readonly data: Uint8Array;
  /** Ticks of 90 kHz of the period. */
  readonly arrival: number;
  /** The tag began in the packet before. */
  readonly continues: boolean;
}

/** bytes of a tag for one PES packet: what 16 bits of PES_packet_length hold, which must not be open here, less the header's after it. */
const longestPiece = 0xffff - 8;

/**
 * The payloads of a format: tags as they are, in as many pieces as they need, messages for the clock of the stream that is made.
 * @param clock of the period's time 0
 */
export function metadataPayloads({ format, events, origin }: MuxedMetadata, clock: number): MetadataPayload[] {
  return events.flatMap(({ data, arrival }) =>
    format === 'scte35'
      ? [{ data: shiftSplice(data, clock - origin), arrival, continues: false }]
      : pieces(data).map((piece, index) => ({ data: piece, arrival, continues: index > 0 })),
  );
}

function pieces(data: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(data.length / longestPiece) }, (_, index) =>
    data.subarray(index * longestPiece, (index + 1) * longestPiece),
  );
}

/** One PES packet, or section, to each: a tag at its time, a message when it came. */
export function metadataPackets(
  payloads: readonly MetadataPayload[],
  { stream, clock }: { readonly stream: number; readonly clock: number },
): PesPacket[] {
  return payloads.map(({ data, arrival, continues }, index) => ({
    ...{ stream, first: index, count: 1 },
    times: { pts: clock + arrival, dts: clock + arrival },
    ...{ size: data.length, continues },
    ...{ randomAccess: true, nalUnits: false },
  }));
}

/** What a section's first packet has before it: adaptation field and pointer_field. */
const before = 3;

/**
 * Writes a section into packets of its own. Segments are made apart from each other, so the counter of the PID begins anew in each: its first packet
 * says so (discontinuity_indicator, ISO/IEC 13818-1 §2.4.3.5).
 * @param count packets of the PID before, in this segment
 * @returns how many packets were written
 */
export function writeSection(
  into: Uint8Array,
  at: number,
  { pid, section, count }: { readonly pid: number; readonly section: Uint8Array; readonly count: number },
): number {
  const room = packetSize - 4;
  const packets = Math.ceil((section.length + before) / room);
  into.fill(0xff, at, at + packets * packetSize);
  for (let index = 0; index < packets; index += 1) {
    const start = at + index * packetSize;
    const control = (index === 0 ? 0x30 : 0x10) | ((count + index) & 15);
    into.set([syncByte, (index === 0 ? 0x40 : 0) | (pid >> 8), pid & 255, control], start);
    if (index === 0) into.set([1, count === 0 ? 0x80 : 0, 0], start + 4);
    const from = index === 0 ? 0 : index * room - before;
    const skipped = index === 0 ? before : 0;
    into.set(section.subarray(from, from + room - skipped), start + 4 + skipped);
  }
  return packets;
}
