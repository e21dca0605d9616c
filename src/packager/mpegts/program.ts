import { MalformedError } from '../bits/malformed.js';
import { PackagerError } from '../errors.js';
import type { MetadataStream } from '../model/timed-metadata.js';
import { packetSize, parsePacketHeader, syncByte } from './packet.js';
import type { StreamKind } from './stream-type.js';
import {
  parseProgramAssociation,
  parseProgramMap,
  patPid,
  type ProgramMap,
  type ProgramStream,
  SectionAssembler,
} from './psi.js';

/** What is packaged. */
type PackagedContent = Extract<StreamKind, { kind: 'video' | 'audio' }>;

/** A program's streams that are packaged, and what is left out of it. */
export interface SelectedStreams {
  /** Video first, then audio in the order of the map. */
  readonly streams: readonly (ProgramStream & { readonly content: PackagedContent })[];
  /** What is carried beside them. */
  readonly metadata: readonly MetadataStream[];
  /** Names of data streams that are left out. */
  readonly leftOut: readonly string[];
}

/**
 * The program map of the one program in these bytes, from the first complete PAT and PMT; undefined when they are not there.
 * @param base offset of the bytes in the resource, for errors
 * @throws PackagerError for several programs, and for tables that are damaged
 */
export function findProgram(bytes: Uint8Array, base = 0): ProgramMap | undefined {
  const association = new SectionAssembler();
  const map = new SectionAssembler();
  let mapPid = -1;
  for (let at = 0; at + packetSize <= bytes.length; at += packetSize) {
    if (bytes[at] !== syncByte) return undefined; // extracting the streams tells where and what
    const header = parsePacketHeader(bytes, at);
    if (!header.hasPayload || (header.pid !== patPid && header.pid !== mapPid)) continue;
    const payload = bytes.subarray(Math.min(header.payload, at + packetSize), at + packetSize);
    const sections = (header.pid === patPid ? association : map).add(payload, header.unitStart);
    try {
      if (header.pid === patPid) mapPid = sections.map(onlyMapPid).find((pid) => pid !== undefined) ?? mapPid;
      const found = header.pid === mapPid ? sections.map(parseProgramMap).find((table) => table) : undefined;
      if (found) return found;
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      throw new PackagerError('source_invalid', `PID ${header.pid}: ${error.message}`, { byteOffset: base + at });
    }
  }
  return undefined;
}

/** Do PAT and PMT stand before the first packet of any of these streams? */
export function beginsWithTables(bytes: Uint8Array, streams: readonly { readonly pid: number }[]): boolean {
  for (let at = 0; at + packetSize <= bytes.length; at += packetSize) {
    const { pid } = parsePacketHeader(bytes, at);
    if (streams.some((stream) => stream.pid === pid)) return findProgram(bytes.subarray(0, at)) !== undefined;
  }
  return false;
}

function onlyMapPid(section: Uint8Array): number | undefined {
  const association = parseProgramAssociation(section);
  if (!association) return undefined;
  const [program, ...others] = association.programs;
  if (others.length > 0) {
    const numbers = association.programs.map(({ number }) => number).join(', ');
    throw new PackagerError(
      'source_unsupported',
      `transport stream with several programs (${numbers}); one is allowed`,
    );
  }
  return program?.mapPid;
}

/**
 * Which streams are packaged. @param maximum tracks allowed
 * @throws PackagerError for codecs that are not supported (by name), encryption, two videos, too many tracks, or neither video nor audio
 */
export function selectStreams(program: ProgramMap, maximum: number): SelectedStreams {
  const encrypted = program.streams.find((stream) => stream.sampleEncrypted);
  if (encrypted) {
    throw new PackagerError(
      'source_encrypted',
      `PID ${encrypted.pid} is ${encrypted.content.name}; only clear sources can be packaged`,
    );
  }
  const unsupported = program.streams.find(({ content }) => content.kind === 'unsupported');
  if (unsupported) {
    const { pid, content } = unsupported;
    throw new PackagerError(
      'source_unsupported',
      `PID ${pid} is ${content.name}; supported are H.264, HEVC, AAC (ADTS, LATM), AC-3, E-AC-3 and MPEG audio`,
    );
  }
  const videos = program.streams.filter(isOf('video'));
  const streams = [...videos, ...program.streams.filter(isOf('audio'))];
  if (videos.length > 1) {
    throw new PackagerError('source_unsupported', `${videos.length} video streams in one program; one is allowed`);
  }
  if (streams.length > maximum) {
    throw new PackagerError(
      'source_too_large',
      `${streams.length} tracks in one rendition; maximumTracks is ${maximum}`,
    );
  }
  if (streams.length === 0) {
    const given = program.streams.map(({ content }) => content.name).join(', ') || 'nothing';
    throw new PackagerError('source_invalid', `the program has neither video nor audio; it has: ${given}`);
  }
  const leftOut = program.streams.filter(({ content }) => content.kind === 'data').map(({ content }) => content.name);
  const metadata = program.streams.flatMap(({ pid, content }) =>
    content.kind === 'metadata' ? [{ pid, format: content.format }] : [],
  );
  return { streams, metadata: metadata.slice(0, maximum), leftOut };
}

type PackagedStream = SelectedStreams['streams'][number];

function isOf(kind: 'video' | 'audio') {
  return (stream: ProgramStream): stream is PackagedStream => stream.content.kind === kind;
}
