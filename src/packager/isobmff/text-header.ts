import { ByteReader } from '../bits/byte-reader.js';
import { MalformedError } from '../bits/malformed.js';
import { boxesOf, bytesOf, findBox, readBoxes, type ReadBox } from './box-reader.js';
import { type Movie, type MovieTrack, needed } from './movie.js';

/** What a text track says of itself beside its language. */
export interface TextTrackHeader {
  readonly name?: string;
  /** Values of the DASH role scheme: `caption`, `forced-subtitle`. ISO/IEC 14496-12 §8.10.4 */
  readonly roles: readonly string[];
}

/** Name and kinds in `udta`. What cannot be read there says nothing: it is user data. */
export function readTextTrackHeader({ box }: MovieTrack): TextTrackHeader {
  const data = childrenOf(findBox(box.children, 'udta'));
  const [name] = boxesOf(data, 'name').map((each) => textOf(bytesOf(each)).trim());
  const kinds = boxesOf(data, 'kind').map((each) => textOf(bytesOf(each).subarray(4)).split('\0'));
  return {
    ...(name !== undefined && name !== '' && { name }),
    roles: kinds.flatMap(([scheme, value = '']) => (scheme === 'urn:mpeg:dash:role:2011' ? [value] : [])),
  };
}

/** Tracks that name the chapters of others, QuickTime File Format: "Chapter lists". */
export function chapterTracks({ tracks }: Movie): ReadonlySet<number> {
  const references = tracks.flatMap(({ box }) => boxesOf(childrenOf(findBox(box.children, 'tref')), 'chap'));
  return new Set(
    references.flatMap(({ payload }) =>
      Array.from({ length: payload.byteLength >> 2 }, (_, index) => payload.getUint32(index * 4)),
    ),
  );
}

/** Where a track is shown, in pixels. ISO/IEC 14496-12 §8.3.2: translation of the matrix, width and height. */
export function placeOf({ box }: MovieTrack): { left: number; top: number; width: number; height: number } {
  const header = bytesOf(needed(box, 'tkhd'));
  const reader = new ByteReader(header);
  reader.skip(header[0] === 1 ? 36 + 16 : 24 + 16); // to the matrix
  reader.skip(6 * 4);
  const [left, top] = [reader.i32(), reader.i32()];
  reader.skip(4);
  const [width, height] = [reader.u32(), reader.u32()];
  const pixels = (fixed: number) => fixed / 0x1_0000;
  return { left: pixels(left), top: pixels(top), width: pixels(width), height: pixels(height) };
}

function childrenOf(box: ReadBox | undefined): readonly ReadBox[] {
  if (!box) return [];
  try {
    return readBoxes(bytesOf(box));
  } catch (error) {
    if (error instanceof MalformedError) return [];
    throw error;
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
