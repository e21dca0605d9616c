import type { ReadElement } from '../../../manifest/xml-reader.js';
import { type CharacterStyle, colorClass } from '../webvtt/mark-text.js';

/** What of styling WebVTT can say. */
export interface Style extends CharacterStyle {
  readonly textAlign?: string;
  readonly displayAlign?: string;
  /** Percent of the picture: left, top. */
  readonly origin?: readonly [number, number];
  /** Percent: width, height. */
  readonly extent?: readonly [number, number];
}

/** An attribute by its local name: prefixes are the author's choice, and no two vocabularies share a name that is looked at. */
export function attribute({ attributes }: ReadElement, name: string): string | undefined {
  return attributes[name] ?? Object.entries(attributes).find(([full]) => full.endsWith(`:${name}`))?.[1];
}

/** Styles that refer to each other are followed so far. */
const maximumReferences = 64;

/** Styles by id, and what an element has with all that it refers to. */
export function styleResolver(elements: readonly ReadElement[]): (element: ReadElement) => Style {
  const byId = new Map(elements.map((element) => [attribute(element, 'id') ?? '', element]));
  // Each once: styles that refer to several others, which do the same, would be countless.
  const resolved = new Map<string, Style>();
  const named = (id: string, depth: number): Style => {
    const [known, element] = [resolved.get(id), byId.get(id)];
    if (known || !element || depth > maximumReferences) return known ?? {};
    resolved.set(id, {}); // one that comes back to itself adds nothing
    const style = resolve(element, depth);
    resolved.set(id, style);
    return style;
  };
  const resolve = (element: ReadElement, depth: number): Style => {
    const style: Style = {};
    for (const id of (attribute(element, 'style') ?? '').split(/\s+/).filter(Boolean))
      Object.assign(style, named(id, depth + 1));
    return Object.assign(style, ownStyle(element));
  };
  return (element) => resolve(element, 0);
}

function ownStyle(element: ReadElement): Style {
  const of = (name: string) => attribute(element, name)?.trim();
  const [fontStyle, fontWeight, decoration] = [of('fontStyle'), of('fontWeight'), of('textDecoration')];
  const color = colorClass(of('color'));
  const [origin, extent] = [percentages(of('origin')), percentages(of('extent'))];
  const [textAlign, displayAlign] = [of('textAlign'), of('displayAlign')];
  return {
    ...(fontStyle !== undefined && { italic: fontStyle !== 'normal' }),
    ...(fontWeight !== undefined && { bold: fontWeight === 'bold' }),
    ...(decoration !== undefined && { underline: /(?:^|\s)underline/.test(decoration) }),
    ...(color !== undefined && { color }),
    ...(textAlign !== undefined && { textAlign }),
    ...(displayAlign !== undefined && { displayAlign }),
    ...(origin && { origin }),
    ...(extent && { extent }),
  };
}

function percentages(value: string | undefined): [number, number] | undefined {
  const match = /^(\d{1,3}(?:\.\d{1,9})?)%\s+(\d{1,3}(?:\.\d{1,9})?)%$/.exec(value ?? '');
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

/** Where a cue stands, as WebVTT cue settings. What is usual (centred at the bottom) needs none. */
export function cueSettings({ textAlign, displayAlign = 'before', origin, extent }: Style): string {
  const settings: string[] = [];
  if (origin && extent) {
    const [, top] = origin;
    const [, height] = extent;
    const bottom = Math.min(100, top + height);
    if (displayAlign === 'before') settings.push(`line:${rounded(top)}%`);
    else if (displayAlign === 'center') settings.push(`line:${rounded((top + bottom) / 2)}%,center`);
    else if (bottom < 80) settings.push(`line:${rounded(bottom)}%,end`);
  }
  const align = ['start', 'end', 'left', 'right'].find((each) => each === textAlign);
  if (align !== undefined) settings.push(`align:${align}`);
  return settings.join(' ');
}

function rounded(value: number): number {
  return Math.min(100, Number(value.toFixed(2)));
}
