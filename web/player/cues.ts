export interface Cue {
  /** seconds */
  readonly start: number;
  readonly text: string;
}

/** Cues that are shown; a lesson of three hours has about 3000 */
const mostCues = 10_000;
const timing = /^(?:(\d{2,}):)?(\d{2}):(\d{2})\.(\d{3})[ \t]+-->/;

/** The words of a WebVTT file (WebVTT section 4.1), without settings and markup. */
export function readCues(text: string): readonly Cue[] {
  const cues: Cue[] = [];
  for (const block of text.replaceAll('\r\n', '\n').split(/\n{2,}/)) {
    const lines = block.split('\n');
    const at = lines.findIndex((line) => timing.test(line));
    const [, hours = '0', minutes, seconds, thousandths] = timing.exec(lines[at] ?? '') ?? [];
    if (minutes === undefined) continue;
    const words = lines
      .slice(at + 1)
      .join(' ')
      .replace(/<[^<>]*>/g, '')
      .trim();
    const start = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(thousandths) / 1000;
    if (words !== '') cues.push({ start, text: words });
    if (cues.length >= mostCues) break;
  }
  return cues;
}
