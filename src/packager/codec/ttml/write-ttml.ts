import { type Cue, textTimescale } from '../../model/text.js';
import { readCueSettings } from '../webvtt/cue-settings.js';
import { type CueNode, readCueText } from '../webvtt/cue-text.js';
import { colors } from '../webvtt/mark-text.js';
import { writeTimestamp } from '../webvtt/timestamp.js';

/** Lines of a picture, by which WebVTT counts line numbers. */
const linesOfPicture = 15;

/**
 * A TTML document of the cues, by the text profile of IMSC1 (W3C) and in the bounds of EBU-TT-D: styles by reference, one region for each place
 * that cues have.
 * @param language BCP 47 @param origin ticks that are 0 in the document's times
 */
export function writeTtml(cues: readonly Cue[], language = '', origin = 0): string {
  const regions = new Map<string, string>();
  const paragraphs = cues.map((cue) => {
    const region = regions.get(cue.settings) ?? `r${regions.size + 1}`;
    regions.set(cue.settings, region);
    const [begin, end] = [cue.start, cue.end].map((time) => writeTimestamp(Math.max(0, time - origin)));
    const text = readCueText(cue.text).map(writeNode).join('');
    return `<p xml:space="preserve" begin="${begin}" end="${end}" region="${region}" style="text"><span>${text}</span></p>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling"' +
      ` ttp:timeBase="media" ttp:profile="http://www.w3.org/ns/ttml/profile/imsc1/text" xml:lang="${escapeXml(language)}">`,
    `<head><styling>${styles}</styling><layout>`,
    ...[...regions].map(([settings, id]) => writeRegion(id, readCueSettings(settings))),
    '</layout></head>',
    paragraphs.length > 0 ? '<body><div>' : '<body/>',
    ...paragraphs,
    ...(paragraphs.length > 0 ? ['</div></body>'] : []),
    '</tt>\n',
  ].join('\n');
}

/** How cues look, and what spans of them may add. */
const styles = [
  style(
    'text',
    'fontFamily="proportionalSansSerif" tts:fontSize="100%" tts:color="#ffffff" tts:backgroundColor="#000000cc"',
  ),
  style('i', 'fontStyle="italic"'),
  style('b', 'fontWeight="bold"'),
  style('u', 'textDecoration="underline"'),
  ...Object.entries(colors).map(([name, color]) => style(name, `color="${color}"`)),
].join('');

function style(id: string, attributes: string): string {
  return `<style xml:id="${id}" tts:${attributes}/>`;
}

/** Lines end, and spans of slant, weight, underline and colour are kept; others only hold text. */
function writeNode(node: CueNode): string {
  if (typeof node === 'string') return node.split('\n').map(escapeXml).join('<br/>');
  const inner = node.children.map(writeNode).join('');
  const names = node.tag === 'c' ? node.classes.filter((name) => Object.hasOwn(colors, name)) : [node.tag];
  const known = names.filter((name) => ['i', 'b', 'u'].includes(name) || Object.hasOwn(colors, name));
  if (node.tag === 'rt') return `(${inner})`;
  return known.length > 0 && inner !== '' ? `<span style="${known.join(' ')}">${inner}</span>` : inner;
}

/** A box of the picture: WebVTT §7.2 with the usual margin of a tenth. */
function writeRegion(id: string, settings: ReadonlyMap<string, string>): string {
  const [line = 'auto', lineAlign = 'start'] = (settings.get('line') ?? 'auto').split(',');
  const align = settings.get('align') ?? 'center';
  const size = Math.min(80, percent(settings.get('size')) ?? 80);
  const position = percent(settings.get('position')) ?? { start: 10, left: 10, end: 90, right: 90 }[align] ?? 50;
  const shift = { start: 0, left: 0, end: size, right: size }[align] ?? size / 2;
  const left = Math.max(0, Math.min(100 - size, position - shift));
  const { top, height, display } = vertical(line, lineAlign);
  const place = `tts:origin="${fixed(left)}% ${fixed(top)}%" tts:extent="${fixed(size)}% ${fixed(height)}%"`;
  return `<region xml:id="${id}" ${place} tts:displayAlign="${display}" tts:textAlign="${align}" tts:overflow="visible"/>`;
}

/** Where lines stand, in percent of the picture's height. */
function vertical(line: string, align: string): { top: number; height: number; display: string } {
  const number = Number(line);
  const at =
    percent(line) ?? (number >= 0 ? (100 * number) / linesOfPicture : 100 + (100 * (number + 1)) / linesOfPicture);
  if (Number.isNaN(at)) return { top: 10, height: 80, display: 'after' };
  if (align === 'end' || (!line.endsWith('%') && number < 0))
    return { top: 0, height: Math.max(10, Math.min(90, at)), display: 'after' };
  if (align === 'center') return { top: Math.max(0, Math.min(80, at - 10)), height: 20, display: 'center' };
  const top = Math.max(5, Math.min(85, at));
  return { top, height: 95 - top, display: 'before' };
}

function percent(text: string | undefined): number | undefined {
  const match = /^([\d.]+)%/.exec(text ?? '');
  return match ? Number(match[1]) : undefined;
}

function fixed(value: number): string {
  return String(Number(value.toFixed(2)));
}

function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** What is shown between two moments, with no time beyond them. */
export function clipCues(cues: readonly Cue[], start: number, end: number): Cue[] {
  const least = textTimescale / 1000; // what a document's times can tell apart
  return cues
    .map((cue) => ({ ...cue, start: Math.max(start, cue.start), end: Math.min(end, cue.end) }))
    .filter((cue) => cue.end - cue.start >= least);
}
