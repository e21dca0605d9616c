/** How characters look, as far as cue text can say it. */
export interface CharacterStyle {
  readonly italic?: boolean;
  readonly bold?: boolean;
  readonly underline?: boolean;
  /** A class of `colors`. */
  readonly color?: string;
}

/** The classes that players colour by themselves, WebVTT §5.1. */
export const colors: Readonly<Record<string, string>> = {
  white: '#ffffff',
  lime: '#00ff00',
  cyan: '#00ffff',
  red: '#ff0000',
  yellow: '#ffff00',
  magenta: '#ff00ff',
  blue: '#0000ff',
  black: '#000000',
};

/** @param value a name, or `#rrggbb` with or without `ff` for opaque @returns the class of that colour; undefined: there is none */
export function colorClass(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const plain = value.toLowerCase().replace(/^(#[\da-f]{6})ff$/, '$1');
  return Object.keys(colors).find((name) => name === plain || colors[name] === plain);
}

/** Cue text with the tags of a style around it; blanks need none. */
export function markText(text: string, { italic, bold, underline, color }: CharacterStyle): string {
  if (text.trim() === '') return text;
  const colored = color === undefined || color === 'white' ? text : `<c.${color}>${text}</c>`;
  const tags = [...(italic ? ['i'] : []), ...(bold ? ['b'] : []), ...(underline ? ['u'] : [])];
  return tags.reduce((inner, tag) => `<${tag}>${inner}</${tag}>`, colored);
}
