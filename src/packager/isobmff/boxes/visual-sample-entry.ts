import type { Picture } from '../../model/video.js';
import { ascii, box, fixed16, u16, u32, u8, zeros } from '../box.js';

/** Visual sample entry, ISO/IEC 14496-12 §12.1.3, with what it says of the shape and the colour of the picture. */
export function visualSampleEntry(type: string, picture: Picture, codecConfiguration: Uint8Array): Uint8Array {
  return box(
    type,
    zeros(6), // reserved
    u16(1), // data reference index
    zeros(16), // pre_defined, reserved
    u16(picture.width, picture.height),
    fixed16(72, 72), // resolution, pixels per inch
    u32(0), // reserved
    u16(1), // frames in a sample
    u8(0), // length of the compressor's name
    zeros(31),
    u16(24), // depth: colour without alpha
    u16(0xffff), // pre_defined
    codecConfiguration,
    ...pasp(picture),
    ...colr(picture),
    ...(picture.masteringDisplay ? [box('mdcv', picture.masteringDisplay)] : []),
    ...(picture.contentLight ? [box('clli', picture.contentLight)] : []),
  );
}

/** Pixel aspect ratio, ISO/IEC 14496-12 §12.1.4; nothing for square pixels. */
function pasp({ sampleAspectRatio: [horizontal, vertical] }: Picture): Uint8Array[] {
  return horizontal === vertical ? [] : [box('pasp', u32(horizontal, vertical))];
}

/** Colour information, ISO/IEC 14496-12 §12.1.5, of code points. */
function colr({ colour }: Picture): Uint8Array[] {
  if (!colour) return [];
  const { primaries, transfer, matrix, fullRange } = colour;
  return [box('colr', ascii('nclx'), u16(primaries, transfer, matrix), u8(fullRange ? 0x80 : 0))];
}
