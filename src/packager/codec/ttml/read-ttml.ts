import { ManifestError } from '../../../manifest/manifest-error.js';
import { type ReadElement, readXml } from '../../../manifest/xml-reader.js';
import { MalformedError } from '../../bits/malformed.js';
import type { Cue, TextDocument } from '../../model/text.js';
import { escapeCueText, visibleLines } from '../webvtt/cue-text.js';
import { markText } from '../webvtt/mark-text.js';
import { maximumCueLength, maximumCues } from '../webvtt/read-webvtt.js';
import { attribute, cueSettings, type Style, styleResolver } from './styling.js';
import { readTimeExpression, readTimeParameters, type TimeParameters } from './time-expression.js';

/** UTF-16 units that all cues of one document show: those of a paragraph are repeated for each time at which one of its spans comes or goes. */
export const maximumShown = 16 * 1024 * 1024;

/**
 * Reads the text of a TTML document (TTML2, IMSC1 text profile, EBU-TT, SMPTE-TT, DFXP): times of every form, nested; spans and line breaks;
 * slant, weight, underline, the eight plain colours, alignment and the region's place. What WebVTT cannot say is not kept.
 * @throws MalformedError for what is not well-formed, has a document type, is no TTML, or is pictures
 */
export function readTtml(text: string): TextDocument {
  const root = wellFormed(text);
  if (root.name !== 'tt') throw new MalformedError(`not TTML: its root is <${root.name}>`, 0);
  const all = [...descendants(root)];
  if (all.some((element) => element.name === 'image' || attribute(element, 'backgroundImage') !== undefined))
    throw new MalformedError('subtitles that are pictures (image profile); those that are text are supported', 0);
  const timeBase = attribute(root, 'timeBase') ?? 'media';
  if (timeBase !== 'media') throw new MalformedError(`TTML with timeBase ${timeBase}; media is supported`, 0);
  const styleOf = styleResolver(all.filter(({ name }) => name === 'style'));
  const regions = new Map(
    all
      .filter(({ name }) => name === 'region')
      .map((region) => [attribute(region, 'id') ?? '', regionStyle(region, styleOf)]),
  );
  const reader: Reading = {
    parameters: readTimeParameters((name) => attribute(root, name)),
    styleOf,
    regions,
    found: { cues: [], broken: 0, shown: 0 },
  };
  const body = root.children.find(({ name }) => name === 'body');
  if (body)
    visit(body, { begin: 0, end: Infinity, style: {}, preserve: attribute(root, 'space') === 'preserve' }, reader);
  const cues = reader.found.cues.sort((a, b) => a.start - b.start || a.end - b.end);
  return { styles: [], regions: [], cues, broken: reader.found.broken };
}

function wellFormed(text: string): ReadElement {
  try {
    return readXml(text, { mixed: true });
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new MalformedError(error.message, 0);
  }
}

function* descendants(element: ReadElement): Generator<ReadElement> {
  yield element;
  for (const child of element.children) yield* descendants(child);
}

/** A region may have its style in elements of its own. */
function regionStyle(region: ReadElement, styleOf: (element: ReadElement) => Style): Style {
  const nested = region.children.filter(({ name }) => name === 'style').map(styleOf);
  return Object.assign({}, styleOf(region), ...nested) as Style;
}

interface Reading {
  readonly parameters: TimeParameters;
  readonly styleOf: (element: ReadElement) => Style;
  readonly regions: ReadonlyMap<string, Style>;
  readonly found: { readonly cues: Cue[]; broken: number; shown: number };
}

/** What an element has from those around it. Times in ticks. */
interface Context {
  readonly begin: number;
  readonly end: number;
  readonly style: Style;
  readonly preserve: boolean;
}

function visit(element: ReadElement, outer: Context, reading: Reading): void {
  const context = enter(element, outer, reading);
  if (!context) return void (reading.found.broken += 1);
  if (element.name === 'p') return void addCues(element, context, reading);
  inOrder(element, context, reading, (child, inner) => {
    if (child.name === 'div' || child.name === 'p') visit(child, inner, reading);
  });
}

/** Children begin with their parent, or where it is a sequence when the one before ends. */
function inOrder(
  element: ReadElement,
  context: Context,
  reading: Reading,
  work: (child: ReadElement, context: Context) => void,
): void {
  const inSequence = attribute(element, 'timeContainer') === 'seq';
  let begin = context.begin;
  for (const child of element.children) {
    work(child, { ...context, begin });
    if (inSequence) begin = enter(child, { ...context, begin }, reading)?.end ?? begin;
  }
}

/** TTML2 §12.2: `begin` and `end` are relative to the parent, `dur` to `begin`; what comes first ends it. Undefined: cannot be read. */
function enter(element: ReadElement, outer: Context, { parameters, styleOf, regions }: Reading): Context | undefined {
  const time = (name: string): number | undefined => {
    const text = attribute(element, name);
    return text === undefined ? undefined : (readTimeExpression(text, parameters) ?? NaN);
  };
  const [begin = 0, end = Infinity, duration = Infinity] = [time('begin'), time('end'), time('dur')];
  if ([begin, end, duration].some(Number.isNaN)) return undefined;
  const start = outer.begin + begin;
  const region = regions.get(attribute(element, 'region') ?? '') ?? {};
  const space = attribute(element, 'space');
  return {
    begin: start,
    end: Math.min(outer.end, outer.begin + end, start + duration),
    style: { ...outer.style, ...region, ...styleOf(element) },
    preserve: space === undefined ? outer.preserve : space === 'preserve',
  };
}

/** Text with the times at which it is shown. */
interface Piece {
  readonly begin: number;
  readonly end: number;
  readonly text: string;
}

/** One cue, or where spans have times of their own one for each stretch in which the same of them are shown. */
function addCues(paragraph: ReadElement, context: Context, reading: Reading): void {
  const { found } = reading;
  const pieces = [...piecesOf(paragraph, context, reading)];
  const { begin, end, style } = context;
  const moments = [...new Set([begin, end, ...pieces.flatMap((piece) => [piece.begin, piece.end])])]
    .filter((moment) => moment >= begin && moment <= end)
    .sort((a, b) => a - b);
  for (const { start, until, text: all } of stretches(pieces, moments)) {
    if ((found.shown += all.length) > maximumShown)
      throw new MalformedError(`cues that show more than ${maximumShown} characters (maximumShown)`, 0);
    const text = visibleLines(trimLines(all));
    if (text.replace(/<[^<>]*>/g, '').trim() === '') continue;
    if (text.length > maximumCueLength) found.broken += 1;
    else if (found.cues.push({ start, end: until, settings: cueSettings(style), text }) > maximumCues)
      throw new MalformedError(`more than ${maximumCues} cues (maximumCues)`, 0);
  }
}

/** What is shown between each moment and the next, in the order of the document. */
function* stretches(
  pieces: readonly Piece[],
  moments: readonly number[],
): Generator<{ start: number; until: number; text: string }> {
  const coming = [...pieces.entries()].sort(([, a], [, b]) => a.begin - b.begin);
  let shown: typeof coming = [];
  let next = 0;
  for (const [index, start] of moments.slice(0, -1).entries()) {
    const until = moments[index + 1] as number;
    const came = next;
    while ((coming[next]?.[1].begin ?? Infinity) <= start) next += 1;
    shown = [...shown, ...coming.slice(came, next)].filter(([, { end }]) => end >= until);
    if (next > came) shown.sort(([a], [b]) => a - b);
    yield { start, until, text: shown.map(([, { text }]) => text).join('') };
  }
}

function trimLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}

/** In a sequence spans follow each other, and what is in none lasts no time, TTML2 §12.4. */
function* piecesOf(element: ReadElement, context: Context, reading: Reading): Generator<Piece> {
  const { end } = context;
  const inSequence = attribute(element, 'timeContainer') === 'seq';
  let { begin } = context;
  for (const item of element.content ?? []) {
    if (typeof item !== 'string' && item.name === 'span') {
      const inner = enter(item, { ...context, begin }, reading);
      if (inner) yield* piecesOf(item, inner, reading);
      else reading.found.broken += 1;
      if (inSequence) begin = inner?.end ?? begin;
    } else if (inSequence) continue;
    else if (typeof item === 'string') {
      const text = context.preserve ? item : item.replace(/[ \t\r\n]+/g, ' ');
      if (text !== '') yield { begin, end, text: markText(escapeCueText(text), context.style) };
    } else if (item.name === 'br') yield { begin, end, text: '\n' };
  }
}
