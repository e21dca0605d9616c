import { findBox, readBoxes } from './box-reader.js';

/** A file that is looked into by ranges. */
export interface ProbedFile {
  /** bytes */
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

export interface MovieFacts {
  /** of the presentation, ISO/IEC 14496-12 §8.2.2; undefined where the header does not know (a fragmented file) */
  readonly durationMs: number | undefined;
  readonly tracks: number;
}

/** bytes of `moov` that are read: nine hours have about 15 MB */
export const maxMovieBytes = 128 * 1024 * 1024;
/** Boxes beside one another at the top of a file. */
export const maxTopBoxes = 100_000;

/**
 * What an MP4 or M4A file says of itself, from the headers of its top boxes and its `moov`. That the boxes fill the file exactly is checked
 * on the way: one that was cut off does not pass.
 * @throws Error that says where and what is wrong
 */
export async function probeMovie(file: ProbedFile): Promise<MovieFacts> {
  let moov: MovieFacts | undefined;
  let media = false;
  let count = 0;
  for (let offset = 0; offset < file.size; count++) {
    if (count >= maxTopBoxes) throw new Error(`more than ${maxTopBoxes} boxes (maxTopBoxes)`);
    const { type, size } = await boxAt(file, offset);
    if (offset === 0 && type !== 'ftyp') throw new Error(`it begins with the box ${type}, ftyp is needed`);
    if (type === 'moov') moov = await movieOf(file, offset, size);
    media ||= type === 'mdat';
    offset += size;
  }
  if (!moov) throw new Error('it has no moov box');
  if (!media) throw new Error('it has no mdat box');
  return moov;
}

/** ISO/IEC 14496-12 §4.2 */
async function boxAt(file: ProbedFile, offset: number): Promise<{ type: string; size: number }> {
  const left = file.size - offset;
  if (left < 8) throw new Error(`${left} bytes are left at ${offset}, a box needs 8`);
  const bytes = await file.read(offset, Math.min(16, left));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = String.fromCharCode(...bytes.subarray(4, 8));
  const size32 = view.getUint32(0);
  if (size32 === 1 && left < 16) throw new Error(`${left} bytes are left at ${offset}, a 64-bit size needs 16`);
  const size = size32 === 0 ? left : size32 === 1 ? Number(view.getBigUint64(8)) : size32;
  if (size < (size32 === 1 ? 16 : 8) || size > left)
    throw new Error(`the box ${type} at ${offset} has ${size} bytes, ${left} are left`);
  return { type, size };
}

async function movieOf(file: ProbedFile, offset: number, size: number): Promise<MovieFacts> {
  if (size > maxMovieBytes) throw new Error(`moov has ${size} bytes, more than ${maxMovieBytes} (maxMovieBytes)`);
  const boxes = readBoxes(await file.read(offset, size));
  const header = findBox(boxes, 'moov/mvhd')?.payload;
  if (!header) throw new Error('moov has no mvhd box');
  const tracks = boxes.flatMap(({ children }) => children).filter(({ type }) => type === 'trak').length;
  if (tracks === 0) throw new Error('moov has no track');
  return { durationMs: durationOf(header), tracks };
}

/** ISO/IEC 14496-12 §8.2.2: the fields are wider in version 1; all ones mean that the duration is not known. */
function durationOf(mvhd: DataView): number | undefined {
  const wide = mvhd.getUint8(0) === 1;
  const timescale = mvhd.getUint32(wide ? 20 : 12);
  const duration = wide ? mvhd.getBigUint64(24) : BigInt(mvhd.getUint32(16));
  const unknown = duration === (wide ? 0xffff_ffff_ffff_ffffn : 0xffff_ffffn) || duration === 0n;
  if (timescale === 0) throw new Error('mvhd has the timescale 0');
  return unknown ? undefined : Math.round((Number(duration) * 1000) / timescale);
}
