import type { Cue } from '../../model/text.js';

/** Ticks by which the parts of one cue may miss each other: a millisecond of rounding on either side. */
const tolerance = 180;

/**
 * The cues of all segments of a rendition, in the order of presentation. A cue that lasts over segments stands in each of them, whole or cut at
 * their boundaries: equal cues of different segments that touch are one again.
 * @param segments cues on one time line
 */
export function joinCues(segments: readonly (readonly Cue[])[]): Cue[] {
  const joined: Cue[] = [];
  /** By what it shows: where its last part is in `joined`, and the segment that part came from. */
  const latest = new Map<string, { index: number; segment: number }>();
  for (const [segment, cues] of segments.entries()) {
    for (const cue of cues) {
      const shown = `${cue.settings}\n${cue.text}`;
      const before = latest.get(shown);
      const known = before && joined[before.index];
      if (known && before.segment < segment && cue.start <= known.end + tolerance && cue.end >= known.start - tolerance)
        joined[before.index] = {
          ...known,
          start: Math.min(known.start, cue.start),
          end: Math.max(known.end, cue.end),
        };
      else joined.push(cue);
      const index = known && joined.at(-1) !== cue ? before.index : joined.length - 1;
      latest.set(shown, { index, segment });
    }
  }
  return joined.sort((a, b) => a.start - b.start || a.end - b.end);
}
