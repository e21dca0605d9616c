import { concat } from '../../isobmff/box.js';
import { vttc, vtte } from '../../isobmff/boxes/wvtt.js';
import type { Cue } from '../../model/text.js';
import type { Samples } from '../../model/samples.js';
import { hasTimes } from './text-times.js';
import { writeTimestamp } from './timestamp.js';

/**
 * Samples from start to end without a gap, one for each stretch in which the same cues are shown: ISO/IEC 14496-30 §7.3. What is shown in
 * several, of this segment or of others, has the same source ID in all of them.
 */
export function wvttSamples(cues: readonly Cue[], start: number, end: number): Samples {
  const inside = (time: number) => time > start && time < end;
  const changes = cues.flatMap((cue) => [cue.start, cue.end]).filter(inside);
  const decodeTimes = [...new Set([start, ...changes])].sort((a, b) => a - b);
  const isDivided = (cue: Cue) =>
    cue.start < start || cue.end > end || decodeTimes.some((time) => time > cue.start && time < cue.end);
  const sources = new Map(cues.filter(isDivided).map((cue) => [cue, sourceId(cue)]));
  const data = decodeTimes.map((time) => {
    const shown = cues.filter((cue) => cue.start <= time && cue.end > time);
    const written = shown.map((cue) => {
      const now = hasTimes(cue.text) ? writeTimestamp(time) : undefined;
      return vttc({ ...cue, source: sources.get(cue), time: now });
    });
    return written.length > 0 ? concat(...written) : vtte();
  });
  return {
    data,
    sizes: data.map(({ length }) => length),
    decodeTimes,
    compositionOffsets: data.map(() => 0),
    sync: data.map(() => true),
  };
}

/** Segments are made apart from each other: what a cue is tells its number (FNV-1a of 32 bits). */
function sourceId({ start, end, settings, text }: Cue): number {
  let hash = 0x811c_9dc5;
  for (const character of `${start} ${end} ${settings} ${text}`)
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x0100_0193) >>> 0;
  return hash;
}
