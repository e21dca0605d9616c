import { ByteReader } from '../bits/byte-reader.js';
import { MalformedError } from '../bits/malformed.js';
import { mpegCrc32 } from '../bits/mpeg-crc32.js';
import { type StreamKind, isSampleEncrypted, streamKind } from './stream-type.js';

/** Program specific information, ISO/IEC 13818-1 §2.4.4. */
export const patPid = 0;

/** program_association_section: program_number to PID of its map; network information (0) left out. */
export interface ProgramAssociation {
  readonly programs: readonly { readonly number: number; readonly mapPid: number }[];
}

/** TS_program_map_section */
export interface ProgramMap {
  readonly programNumber: number;
  readonly pcrPid: number;
  readonly streams: readonly ProgramStream[];
}

export interface ProgramStream {
  readonly pid: number;
  readonly streamType: number;
  readonly content: StreamKind;
  readonly sampleEncrypted: boolean;
  /** ISO 639-2 code of the ISO_639_language_descriptor. */
  readonly language?: string;
}

const tableIds = { programAssociation: 0x00, programMap: 0x02 } as const;
/** section_length of PAT and PMT: the first two of its twelve bits are 0. */
const maximumSection = 1024;
const descriptorTags = { registration: 0x05, language: 0x0a } as const;

/** Puts the sections of one PID together from packet payloads: several to a packet, one over several packets. §2.4.4.1 */
export class SectionAssembler {
  #bytes: number[] | undefined;

  /** The sections that this payload completes, each with its header and CRC. */
  add(payload: Uint8Array, unitStart: boolean): Uint8Array[] {
    if (!unitStart) return this.#append(payload);
    const pointer = payload[0] ?? 0;
    const finished = this.#append(payload.subarray(1, 1 + pointer));
    this.#bytes = [];
    return [...finished, ...this.#append(payload.subarray(1 + pointer))];
  }

  #append(payload: Uint8Array): Uint8Array[] {
    if (!this.#bytes) return [];
    const bytes = this.#bytes;
    for (const byte of payload) bytes.push(byte);
    const sections: Uint8Array[] = [];
    let at = 0;
    // table_id 0xFF is stuffing up to the packet's end.
    while (bytes.length - at >= 3 && bytes[at] !== 0xff) {
      const length = 3 + ((((bytes[at + 1] ?? 0) & 15) << 8) | (bytes[at + 2] ?? 0));
      if (bytes.length - at < length) break;
      sections.push(Uint8Array.from(bytes.slice(at, at + length)));
      at += length;
    }
    this.#bytes = bytes[at] === 0xff || bytes.length - at > maximumSection * 4 ? undefined : bytes.slice(at);
    return sections;
  }
}

/** Undefined for sections of other tables, or of the next version. @throws MalformedError */
export function parseProgramAssociation(section: Uint8Array): ProgramAssociation | undefined {
  const body = openSection(section, tableIds.programAssociation);
  if (!body) return undefined;
  const programs: { number: number; mapPid: number }[] = [];
  while (body.reader.left >= 4) {
    const number = body.reader.u16();
    const mapPid = body.reader.u16() & 0x1fff;
    if (number !== 0) programs.push({ number, mapPid });
  }
  return { programs };
}

/** Undefined for sections of other tables, or of the next version. @throws MalformedError */
export function parseProgramMap(section: Uint8Array): ProgramMap | undefined {
  const body = openSection(section, tableIds.programMap);
  if (!body) return undefined;
  const { reader } = body;
  const pcrPid = reader.u16() & 0x1fff;
  reader.skip(reader.u16() & 0xfff); // program_info
  const streams: ProgramStream[] = [];
  while (reader.left >= 5) {
    const streamType = reader.u8();
    const pid = reader.u16() & 0x1fff;
    const descriptors = parseDescriptors(reader.bytes(reader.u16() & 0xfff));
    streams.push(describeStream(pid, streamType, descriptors));
  }
  return { programNumber: body.extension, pcrPid, streams };
}

interface Descriptor {
  readonly tag: number;
  readonly body: Uint8Array;
}

function parseDescriptors(bytes: Uint8Array): Descriptor[] {
  const reader = new ByteReader(bytes);
  const descriptors: Descriptor[] = [];
  while (reader.left >= 2) {
    const tag = reader.u8();
    descriptors.push({ tag, body: reader.bytes(reader.u8()) });
  }
  return descriptors;
}

function describeStream(pid: number, streamType: number, descriptors: readonly Descriptor[]): ProgramStream {
  const text = (tag: number, length: number) =>
    descriptors
      .filter((descriptor) => descriptor.tag === tag && descriptor.body.length >= length)
      .map(({ body }) => String.fromCharCode(...body.subarray(0, length)));
  const registrations = text(descriptorTags.registration, 4);
  const tags = descriptors.map(({ tag }) => tag);
  const [language] = text(descriptorTags.language, 3);
  const content = streamKind(streamType, tags, registrations);
  const sampleEncrypted = isSampleEncrypted(streamType);
  return { pid, streamType, content, sampleEncrypted, ...(language !== undefined && { language }) };
}

/** Checks length and CRC, and passes the header: table_id to last_section_number. */
function openSection(section: Uint8Array, tableId: number): { reader: ByteReader; extension: number } | undefined {
  if (section[0] !== tableId) return undefined;
  if (section.length < 12 || section.length > maximumSection + 3) {
    throw new MalformedError(`PSI section of ${section.length} bytes, 12 to ${maximumSection} are allowed`, 0);
  }
  if (mpegCrc32(section) !== 0) throw new MalformedError('PSI section with a wrong CRC', section.length - 4);
  const reader = new ByteReader(section, 3, section.length - 4);
  const extension = reader.u16();
  const isCurrent = (reader.u8() & 1) === 1;
  reader.skip(2); // section_number, last_section_number
  return isCurrent ? { reader, extension } : undefined;
}
