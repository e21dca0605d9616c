import { concat } from '../../isobmff/box.js';
import { vttc, vtte } from '../../isobmff/boxes/wvtt.js';
import type { Cue } from '../../model/text.js';
import type { Samples } from '../../model/samples.js';

/** Samples from start to end without a gap, one for each stretch in which the same cues are shown: ISO/IEC 14496-30 §7.3. */
export function wvttSamples(cues: readonly Cue[], start: number, end: number): Samples {
  const inside = (time: number) => time > start && time < end;
  const changes = cues.flatMap((cue) => [cue.start, cue.end]).filter(inside);
  const decodeTimes = [...new Set([start, ...changes])].sort((a, b) => a - b);
  const data = decodeTimes.map((time) => {
    const shown = cues.filter((cue) => cue.start <= time && cue.end > time);
    return shown.length > 0 ? concat(...shown.map(vttc)) : vtte();
  });
  return {
    data,
    sizes: data.map(({ length }) => length),
    decodeTimes,
    compositionOffsets: data.map(() => 0),
    sync: data.map(() => true),
  };
}
