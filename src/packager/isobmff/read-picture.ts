import { ByteReader } from '../bits/byte-reader.js';
import type { Colour, Picture } from '../model/video.js';
import { bytesOf, findBox, type ReadBox } from './box-reader.js';

type SaidOfPicture = Partial<Pick<Picture, 'sampleAspectRatio' | 'colour' | 'masteringDisplay' | 'contentLight'>>;

/** What boxes of a visual sample entry say of the picture, beside the codec's own: it goes before that. @throws MalformedError */
export function readPicture(entry: ReadBox): SaidOfPicture {
  const sampleAspectRatio = aspectRatio(entry);
  const colour = colourInformation(entry);
  const masteringDisplay = exactBytes(entry, 'mdcv', 24);
  const contentLight = exactBytes(entry, 'clli', 4);
  return {
    ...(sampleAspectRatio && { sampleAspectRatio }),
    ...(colour && { colour }),
    ...(masteringDisplay && { masteringDisplay }),
    ...(contentLight && { contentLight }),
  };
}

/** `pasp`, ISO/IEC 14496-12 §12.1.4 */
function aspectRatio(entry: ReadBox): readonly [number, number] | undefined {
  const box = findBox(entry.children, 'pasp');
  if (!box) return undefined;
  const reader = new ByteReader(bytesOf(box));
  const ratio = [reader.u32(), reader.u32()] as const;
  return ratio[0] > 0 && ratio[1] > 0 ? ratio : undefined;
}

/** `colr` of code points, §12.1.5; QuickTime's `nclc` leaves the range out. */
function colourInformation(entry: ReadBox): Colour | undefined {
  for (const box of entry.children) {
    if (box.type !== 'colr') continue;
    const reader = new ByteReader(bytesOf(box));
    const type = String.fromCharCode(...reader.bytes(4));
    if (type !== 'nclx' && type !== 'nclc') continue;
    const [primaries, transfer, matrix] = [reader.u16(), reader.u16(), reader.u16()];
    return { primaries, transfer, matrix, fullRange: type === 'nclx' && (reader.u8() & 0x80) !== 0 };
  }
  return undefined;
}

function exactBytes(entry: ReadBox, type: string, length: number): Uint8Array | undefined {
  const box = findBox(entry.children, type);
  return box?.payload.byteLength === length ? new Uint8Array(bytesOf(box)) : undefined;
}
