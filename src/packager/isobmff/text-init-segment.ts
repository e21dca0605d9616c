import { box, concat } from './box.js';
import { dinf } from './boxes/dinf.js';
import { ftyp } from './boxes/ftyp.js';
import { hdlr, mediaKindHeader } from './boxes/hdlr.js';
import { elng, mdhd } from './boxes/mdhd.js';
import { mvex } from './boxes/mvex.js';
import { mvhd } from './boxes/mvhd.js';
import { emptyStbl } from './boxes/stbl.js';
import { tkhd } from './boxes/tkhd.js';
import { trackId } from './init-segment.js';

export interface TextHeader {
  readonly timescale: number;
  /** BCP 47 */
  readonly language?: string | undefined;
  /** TTML is handled as subtitles, WebVTT as text: ISO/IEC 14496-30 §5.2, §7.2. */
  readonly kind: 'subt' | 'text';
  readonly sampleEntry: Uint8Array;
}

/** Brands of the CMAF media profiles of WebVTT and of IMSC1 text, ISO/IEC 23000-19 §11. */
const profiles = { text: 'cwvt', subt: 'im1t' } as const;

/** The initialization segment of text, laid out as that of other tracks. */
export function textInitSegment({ timescale, language, kind, sampleEntry }: TextHeader): Uint8Array {
  const media = box(
    'mdia',
    mdhd(timescale, language),
    ...(language === undefined ? [] : [elng(language)]),
    hdlr(kind),
    box('minf', mediaKindHeader(kind), dinf(), emptyStbl(sampleEntry)),
  );
  const track = box('trak', tkhd({ trackId, volume: 0, width: 0, height: 0 }), media);
  return concat(ftyp(profiles[kind]), box('moov', mvhd(timescale), track, mvex(trackId)));
}
