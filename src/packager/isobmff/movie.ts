import { ByteReader } from '../bits/byte-reader.js';
import { MalformedError } from '../bits/malformed.js';
import { PackagerError } from '../errors.js';
import { boxesOf, bytesOf, findBox, type ReadBox } from './box-reader.js';
import { type Edit, noEdit, parseEditList } from './edit-list.js';

/** What a movie box says before any sample, ISO/IEC 14496-12 §8.2. */
export interface Movie {
  /** Ticks per second of waits and of what edits present. */
  readonly timescale: number;
  readonly tracks: readonly MovieTrack[];
  /** Samples follow in movie fragments. */
  readonly fragmented: boolean;
  /** By track_ID. */
  readonly defaults: ReadonlyMap<number, FragmentDefaults>;
}

export interface MovieTrack {
  /** track_ID */
  readonly id: number;
  /** `vide`, `soun`, `text`, `meta`, ... */
  readonly handler: string;
  readonly timescale: number;
  /** As the file says it: ISO 639-2, or BCP 47 from an extended language tag. */
  readonly language?: string;
  readonly edit: Edit;
  /** The picture is to be turned or mirrored for display. */
  readonly turned: boolean;
  /** Sample descriptions: a codec's configuration each. */
  readonly entries: readonly ReadBox[];
  /** `stbl` */
  readonly sampleTable: ReadBox;
  /** `trak`: for what few look at */
  readonly box: ReadBox;
}

/** Video and audio. */
export function isMedia({ handler }: Pick<MovieTrack, 'handler'>): boolean {
  return handler === 'vide' || handler === 'soun';
}

/** Subtitles that can be read: WebVTT and TTML of ISO/IEC 14496-30, timed text of 3GPP TS 26.245. */
export function isText({ handler, entries: [entry] }: Pick<MovieTrack, 'handler' | 'entries'>): boolean {
  return ['text', 'sbtl', 'subt'].includes(handler) && ['wvtt', 'stpp', 'tx3g'].includes(entry?.type ?? '');
}

/** What holds for samples of fragments that do not say otherwise: `trex`, §8.8.3. */
export interface FragmentDefaults {
  /** Ordinal of the sample description, from 1. */
  readonly description: number;
  readonly duration: number;
  readonly size: number;
  readonly flags: number;
}

export const noDefaults: FragmentDefaults = { description: 1, duration: 0, size: 0, flags: 0 };

/** Reads `moov`. @throws MalformedError, PackagerError */
export function readMovie(moov: ReadBox): Movie {
  const timescale = headerTimescale(fields(moov, 'mvhd'));
  const extends_ = findBox(moov.children, 'mvex');
  return {
    timescale,
    tracks: boxesOf(moov.children, 'trak').map(readTrack),
    fragmented: extends_ !== undefined,
    defaults: new Map(boxesOf(extends_?.children ?? [], 'trex').map(trackDefaults)),
  };
}

function readTrack(trak: ReadBox): MovieTrack {
  const { id, turned } = trackHeader(fields(trak, 'tkhd'));
  try {
    const sampleTable = needed(trak, 'mdia/minf/stbl');
    const language = trackLanguage(trak);
    const coded = { handler: handlerType(fields(trak, 'mdia/hdlr')), entries: needed(sampleTable, 'stsd').children };
    return {
      ...{ id, turned, sampleTable, box: trak, ...coded },
      timescale: headerTimescale(fields(trak, 'mdia/mdhd')),
      ...(language !== undefined && { language }),
      // Of tracks that are left out (time codes, timed metadata) it does not matter what cannot be carried.
      edit: isMedia(coded) || isText(coded) ? editOf(trak) : noEdit,
    };
  } catch (error) {
    if (error instanceof MalformedError) throw new MalformedError(`track ${id}: ${error.message}`, trak.offset);
    if (error instanceof PackagerError) throw new PackagerError(error.code, `track ${id}: ${error.reason}`);
    throw error;
  }
}

/** @throws PackagerError for media that are not in the file, too */
function editOf(trak: ReadBox): Edit {
  refuseOtherFiles(trak);
  const edits = findBox(trak.children, 'edts/elst');
  return edits ? parseEditList(new ByteReader(bytesOf(edits))) : noEdit;
}

/** Data references, §8.7.2: what an address elsewhere would lead to is not for us to read. */
function refuseOtherFiles(trak: ReadBox): void {
  const inSameFile = 0x1;
  const references = findBox(trak.children, 'mdia/minf/dinf/dref')?.children ?? [];
  if (references.every(({ payload }) => payload.byteLength < 4 || (payload.getUint32(0) & inSameFile) !== 0)) return;
  throw new PackagerError(
    'source_unsupported',
    'its media are in another file (data reference); they must be in this one',
  );
}

/** Movie and media headers, §8.2.2 and §8.4.2, begin alike. */
function headerTimescale(reader: ByteReader): number {
  const version = reader.u8();
  reader.skip(3 + (version === 1 ? 16 : 8)); // flags, creation and modification time
  const timescale = reader.u32();
  if (timescale === 0) throw new MalformedError('timescale is 0', reader.position - 4);
  return timescale;
}

/** §8.3.2 */
function trackHeader(reader: ByteReader): { id: number; turned: boolean } {
  const version = reader.u8();
  reader.skip(3 + (version === 1 ? 16 : 8)); // flags, creation and modification time
  const id = reader.u32();
  reader.skip(4 + (version === 1 ? 8 : 4) + 16); // reserved, duration; reserved, layer, alternate group, volume, reserved
  const [a, b, , c, d] = Array.from({ length: 5 }, () => reader.i32()) as [number, number, number, number, number];
  return { id, turned: b !== 0 || c !== 0 || a < 0 || d < 0 };
}

/** §8.4.3 */
function handlerType(reader: ByteReader): string {
  reader.skip(8); // version, flags, pre_defined
  return String.fromCharCode(...reader.bytes(4));
}

/** Extended language tag, §8.4.6, else the media header's three letters. */
function trackLanguage(trak: ReadBox): string | undefined {
  const extended = findBox(trak.children, 'mdia/elng');
  if (extended && extended.payload.byteLength > 4) {
    const tag = String.fromCharCode(...bytesOf(extended).subarray(4, 40)).split('\0', 1)[0];
    if (tag !== '') return tag;
  }
  const reader = fields(trak, 'mdia/mdhd');
  const version = reader.u8();
  reader.skip(3 + (version === 1 ? 28 : 16)); // flags, times, timescale, duration
  const packed = reader.u16();
  const letters = [packed >> 10, packed >> 5, packed].map((value) => (value & 31) + 0x60);
  // QuickTime has numbers of its own below 0x400.
  return packed >= 0x400 && letters.every((letter) => letter > 0x60 && letter <= 0x7a)
    ? String.fromCharCode(...letters)
    : undefined;
}

function trackDefaults(trex: ReadBox): [number, FragmentDefaults] {
  const reader = new ByteReader(bytesOf(trex));
  reader.skip(4);
  const id = reader.u32();
  const description = Math.max(1, reader.u32()); // there are writers that leave it 0
  return [id, { description, duration: reader.u32(), size: reader.u32(), flags: reader.u32() }];
}

/** @throws MalformedError when the box is not there */
export function needed(parent: ReadBox, path: string): ReadBox {
  const found = findBox(parent.children, path);
  if (!found) throw new MalformedError(`${parent.type} has no ${path}`, parent.offset);
  return found;
}

function fields(parent: ReadBox, path: string): ByteReader {
  return new ByteReader(bytesOf(needed(parent, path)));
}
