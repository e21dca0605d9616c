import { MalformedError } from '../../bits/malformed.js';
import { type Cue, type TextDocument, textTimescale } from '../../model/text.js';
import { escapeCueText, visibleLines } from '../webvtt/cue-text.js';
import { maximumCueLength, maximumCues } from '../webvtt/read-webvtt.js';

const time = String.raw`(\d{1,6}):([0-5]?\d):([0-5]?\d)[,.](\d{1,3})`;
const timing = new RegExp(String.raw`^[ \t]*${time}[ \t]*-->[ \t]*${time}(?:[ \t]|$)`);

/**
 * Reads SubRip text, which no standard describes: a number, times, lines, a blank line. `<i>`, `<b>` and `<u>` are kept, other tags and what
 * braces hold (SubStation codes) are not shown; `{\an7}` to `{\an9}` put a cue to the top.
 * @throws MalformedError when there are no cues, and beyond maximumCues
 */
export function readSrt(text: string): TextDocument {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replaceAll('\0', '\uFFFD')
    .replace(/\r\n?/g, '\n')
    .split('\n');
  // A cue begins with its times; the number before them, and blank lines, belong to nothing.
  const starts = lines.flatMap((line, index) => (line.includes('-->') ? [index] : []));
  const cues: Cue[] = [];
  let broken = 0;
  for (const [nth, start] of starts.entries()) {
    const next = starts[nth + 1];
    const cue = readCue(lines, start, next === undefined ? lines.length : endBefore(lines, next));
    if (!cue) broken += 1;
    else if (cues.push(cue) > maximumCues) throw new MalformedError(`more than ${maximumCues} cues (maximumCues)`, 0);
  }
  if (starts.length === 0 && text.trim() !== '') throw new MalformedError('not SubRip: no line has times and -->', 0);
  return { styles: [], regions: [], cues, broken };
}

/** The number that stands before the next cue's times is not text. */
function endBefore(lines: readonly string[], next: number): number {
  return /^\s*\d+\s*$/.test(lines[next - 1] ?? '') ? next - 1 : next;
}

function readCue(lines: readonly string[], at: number, to: number): Cue | undefined {
  const match = timing.exec(lines[at] ?? '');
  if (!match) return undefined;
  const fields = match.slice(1);
  const [start, end] = [ticks(fields.slice(0, 4)), ticks(fields.slice(4))];
  const body = lines.slice(at + 1, to).join('\n');
  if (end <= start || body.length > maximumCueLength) return undefined;
  const settings = /\{\\an[789]\}/.test(body) ? 'line:0' : '';
  return { start, end, settings, text: cueText(body) };
}

function ticks([hours = '', minutes = '', seconds = '', fraction = '']: readonly string[]): number {
  const milliseconds = Number(fraction.padEnd(3, '0'));
  const total = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + milliseconds;
  return (total * textTimescale) / 1000;
}

/** With the tags that WebVTT has too, closed in order. */
function cueText(body: string): string {
  const open: string[] = [];
  const pieces = body.replace(/\{\\[^{}]*\}/g, '').split(/(<\/?[a-z][^<>]*>)/i);
  const written = pieces.map((piece) => {
    const tag = /^<(\/?)([a-z]+)(?![a-z])[^<>]*>$/i.exec(piece);
    if (!tag) return escapeCueText(piece);
    const name = (tag[2] ?? '').toLowerCase();
    if (!['i', 'b', 'u'].includes(name)) return '';
    if (tag[1] === '') {
      open.push(name);
      return `<${name}>`;
    }
    if (open.at(-1) !== name) return '';
    open.pop();
    return `</${name}>`;
  });
  return visibleLines(
    written.join('') +
      open
        .reverse()
        .map((name) => `</${name}>`)
        .join(''),
  );
}
