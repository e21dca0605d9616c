import type { MadeTrack } from '../../../test/support/mp4-writer.js';
import { concat, u32 } from '../isobmff/box.js';
import type { AssetIndex } from '../model/asset-index.js';
import type { Cue } from '../model/text.js';

/** What is shown over a picture of 10 s. */

export const second = 90_000;
const cue = (start: number, end: number, text: string): Cue => ({
  ...{ start: start * second, end: end * second, settings: '', text },
});
export const shown = [cue(1, 2.5, 'one'), cue(2, 3, '<i>two</i>'), cue(7, 9.5, 'late')];
const asSeconds = (cues: readonly Cue[]) => cues.map(({ start, end, text }) => [start / second, end / second, text]);
export const times = asSeconds(shown);

/** 25 fps, 10 s, a key frame every second. */
export const video: MadeTrack = {
  ...{ id: 1, kind: 'video', timescale: 12_800, size: [640, 360] },
  samples: Array.from({ length: 250 }, (_, at) => ({
    data: concat(u32(20), new Uint8Array(20)),
    duration: 512,
    sync: at % 25 === 0,
  })),
};

export const utf8 = (text: string) => new TextEncoder().encode(text);
export const cuesOf = ({ texts = [] }: AssetIndex, nth = 0) => texts[nth]?.periods.map(({ cues }) => asSeconds(cues));
