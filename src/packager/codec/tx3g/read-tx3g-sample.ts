import { ByteReader } from '../../bits/byte-reader.js';
import { MalformedError } from '../../bits/malformed.js';
import { boxesOf, bytesOf, readBoxes, type ReadBox } from '../../isobmff/box-reader.js';
import { cueSettings } from '../ttml/styling.js';
import { escapeCueText, visibleLines } from '../webvtt/cue-text.js';
import { type CharacterStyle, markText } from '../webvtt/mark-text.js';
import { readTextBox, readTextStyle, type TextBox, type TextDescription } from './sample-description.js';

/** Where the track's pixels are in the picture. */
export interface TextPlace {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Of the picture, in the same pixels; 0: not known. */
  readonly pictureWidth: number;
  readonly pictureHeight: number;
}

/** What one sample shows. */
export interface ShownText {
  /** As in Cue. */
  readonly settings: string;
  readonly text: string;
}

/**
 * A sample of timed text, 3GPP TS 26.245 §5.17: bold, italic, underlined, the eight plain colours, and the place are kept; scrolling,
 * blinking, highlights, links and fonts are what WebVTT cannot say.
 * @returns undefined when it shows nothing @throws MalformedError
 */
export function readTx3gSample(
  sample: Uint8Array,
  description: TextDescription,
  place: TextPlace,
): ShownText | undefined {
  if (sample.length < 2) return undefined;
  const reader = new ByteReader(sample);
  const characters = [...decode(reader.bytes(reader.u16()))];
  if (characters.length === 0) return undefined;
  // Writers pad with bytes that are no box.
  const modifiers = reader.left >= 8 ? readBoxes(reader.bytes(reader.left)) : [];
  const text = visibleLines(styled(characters, description.style, boxesOf(modifiers, 'styl')));
  if (text.replace(/<[^<>]*>/g, '').trim() === '') return undefined;
  const [ownBox] = boxesOf(modifiers, 'tbox');
  const box = ownBox ? readTextBox(new ByteReader(bytesOf(ownBox))) : description.box;
  return { settings: settingsOf(description, box, place), text };
}

/** UTF-8, or UTF-16 behind its byte order mark. */
function decode(bytes: Uint8Array): string {
  const encoding = { 0xfeff: 'utf-16be', 0xfffe: 'utf-16le' }[((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)];
  try {
    const text = new TextDecoder(encoding ?? 'utf-8', { fatal: true }).decode(bytes);
    let end = text.length;
    while (text[end - 1] === '\0') end -= 1;
    // One for one: styles count characters.
    return text.slice(0, end).replaceAll('\0', '\uFFFD').replaceAll('\r', '\n');
  } catch {
    throw new MalformedError('text that is neither UTF-8, nor UTF-16 with a byte order mark', 2);
  }
}

/** Each run of characters of one style; those that no record names have the description's. Records follow each other, §5.17.1.1: what one names, no later one changes. */
function styled(characters: readonly string[], usual: CharacterStyle, records: readonly ReadBox[]): string {
  const styles: CharacterStyle[] = characters.map(() => usual);
  let done = 0;
  for (const record of records) {
    const reader = new ByteReader(bytesOf(record));
    for (let left = reader.u16(); left > 0; left -= 1) {
      const { from, to, style } = readTextStyle(reader);
      if (from >= to || to <= done) continue;
      styles.fill(style, Math.max(from, done), to);
      done = to;
    }
  }
  let written = '';
  for (let from = 0; from < characters.length;) {
    let to = from + 1;
    while (to < characters.length && styles[to] === styles[from]) to += 1;
    written += markText(escapeCueText(characters.slice(from, to).join('')), styles[from] ?? {});
    from = to;
  }
  return written;
}

/** A box without an extent is all of the track, and a track without any all of the picture. */
function settingsOf(
  { textAlign, displayAlign, vertical }: TextDescription,
  box: TextBox,
  { left, top, width, height, pictureWidth, pictureHeight }: TextPlace,
): string {
  const hasBox = box.bottom > box.top && box.right > box.left;
  const [x, y] = hasBox ? [left + box.left, top + box.top] : [left, top];
  const [w, h] = hasBox ? [box.right - box.left, box.bottom - box.top] : [width, height];
  const known = pictureWidth > 0 && pictureHeight > 0 && w > 0 && h > 0;
  const percent = (pixels: number, of: number) => Math.max(0, Math.min(100, (100 * pixels) / of));
  const settings = cueSettings({
    textAlign,
    displayAlign,
    origin: known ? [percent(x, pictureWidth), percent(y, pictureHeight)] : [0, 0],
    extent: known ? [percent(w, pictureWidth), percent(h, pictureHeight)] : [100, 100],
  });
  return vertical ? ['vertical:rl', settings].filter(Boolean).join(' ') : settings;
}
