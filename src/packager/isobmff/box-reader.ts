import { MalformedError } from '../bits/malformed.js';

/** A box as it was found. */
export interface ReadBox {
  readonly type: string;
  /** From the start of what was read, bytes. */
  readonly offset: number;
  /** With the header. */
  readonly size: number;
  /** What follows the header; for containers too. */
  readonly payload: DataView;
  /** Of containers; otherwise empty. */
  readonly children: readonly ReadBox[];
}

/** How many boxes are read of one resource. */
export const maxBoxes = 100_000;
/** How deep boxes may lie in one another. */
export const maxBoxDepth = 16;

/** The bytes that stand before the children of a container. */
const containers: ReadonlyMap<string, number> = new Map([
  ...['moov', 'trak', 'mdia', 'minf', 'dinf', 'stbl', 'edts', 'mvex', 'moof', 'traf', 'wave', 'vttc'].map(
    (type) => [type, 0] as const,
  ),
  ...['dref', 'stsd'].map((type) => [type, 8] as const), // version, flags, entry count
]);

/** Visual sample entry, ISO/IEC 14496-12 §12.1.3. */
const visualEntry = 78;
/** The bytes that stand before the children of a sample entry, by its payload and that of its `stsd`. */
const sampleEntries: ReadonlyMap<string, (payload: DataView, stsd: DataView) => number> = new Map([
  ...['avc1', 'avc3', 'hvc1', 'hev1', 'av01', 'vp09'].map((type) => [type, () => visualEntry] as const),
  ...['mp4a', 'ac-3', 'ec-3', 'Opus', 'fLaC'].map((type) => [type, beforeSoundChildren] as const),
]);

/**
 * Audio sample entry, ISO/IEC 14496-12 §12.2.3: its version 1 has as many fields as 0, and stands in an `stsd` of version 1. QuickTime's versions
 * 1 and 2, in an `stsd` of version 0, have more.
 */
function beforeSoundChildren(payload: DataView, stsd: DataView): number {
  const version = payload.byteLength >= 10 && stsd.getUint8(0) === 0 ? payload.getUint16(8) : 0;
  return 28 + (version === 1 ? 16 : version === 2 ? 36 : 0);
}

/** Undefined: no container. Outside of `stsd` a type of sample entry is none: QuickTime's `wave` has an `mp4a` of four bytes. */
function bytesBefore(type: string, payload: DataView, parent: ReadRange['parent']): number | undefined {
  return parent?.type === 'stsd' ? sampleEntries.get(type)?.(payload, parent.payload) : containers.get(type);
}

interface Reading {
  readonly view: DataView;
  /** Boxes read so far. */
  count: number;
}

/**
 * Reads the boxes of an ISO base media file, ISO/IEC 14496-12 §4.2.
 * @throws MalformedError with the path of the box and the offset, when a size is impossible or a limit is exceeded
 */
export function readBoxes(bytes: Uint8Array): ReadBox[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return readRange({ view, count: 0 }, { start: 0, end: bytes.length, path: [] });
}

interface ReadRange {
  readonly start: number;
  readonly end: number;
  readonly path: readonly string[];
  /** The box whose children these are. */
  readonly parent?: Pick<ReadBox, 'type' | 'payload'>;
}

function readRange(reading: Reading, range: ReadRange): ReadBox[] {
  const boxes: ReadBox[] = [];
  for (let offset = range.start; offset < range.end;) {
    if (isPadding(reading.view, { ...range, start: offset })) break;
    const read = readBox(reading, { ...range, start: offset });
    boxes.push(read);
    offset += read.size;
  }
  return boxes;
}

/** QuickTime ends some containers with four bytes of zero. */
function isPadding(view: DataView, { start, end, path }: ReadRange): boolean {
  return path.length > 0 && end - start === 4 && view.getUint32(start) === 0;
}

function readBox(reading: Reading, { start, end, path, parent }: ReadRange): ReadBox {
  const { view } = reading;
  const fail = (problem: string, at = path) => new MalformedError(`${at.join('/') || 'file'}: ${problem}`, start);
  if (++reading.count > maxBoxes) throw fail(`more than ${maxBoxes} boxes (maxBoxes)`);
  if (path.length >= maxBoxDepth) throw fail(`boxes lie deeper than ${maxBoxDepth} (maxBoxDepth)`);
  if (end - start < 8) throw fail(`a box needs 8 bytes, ${end - start} left`);
  const type = String.fromCharCode(...[4, 5, 6, 7].map((byte) => view.getUint8(start + byte)));
  const here = [...path, type];
  const size32 = view.getUint32(start);
  const header = size32 === 1 ? 16 : 8;
  if (end - start < header) throw fail(`a 64-bit size needs 16 bytes, ${end - start} left`, here);
  const size = size32 === 0 ? end - start : size32 === 1 ? Number(view.getBigUint64(start + 8)) : size32;
  if (size < header || size > end - start) throw fail(`size ${size}, ${end - start} bytes left`, here);
  const payload = new DataView(view.buffer, view.byteOffset + start + header, size - header);
  const skip = bytesBefore(type, payload, parent);
  if (skip !== undefined && size < header + skip) throw fail(`need ${skip} bytes, ${size - header} left`, here);
  return {
    type,
    offset: start,
    size,
    payload,
    children:
      skip === undefined
        ? []
        : readRange(reading, {
            start: start + header + skip,
            end: start + size,
            path: here,
            parent: { type, payload },
          }),
  };
}

/** The first box on a path such as `moof/traf/trun`. */
export function findBox(boxes: readonly ReadBox[], path: string): ReadBox | undefined {
  const [first, ...rest] = path.split('/');
  const found = boxes.find(({ type }) => type === first);
  return found && rest.length > 0 ? findBox(found.children, rest.join('/')) : found;
}

/** All boxes of a type among these. */
export function boxesOf(boxes: readonly ReadBox[], type: string): ReadBox[] {
  return boxes.filter((box) => box.type === type);
}

/** What follows the header. A view, not a copy. */
export function bytesOf({ payload }: ReadBox): Uint8Array {
  return new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
}
