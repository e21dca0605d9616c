/** What a cue's text is made of: characters, and spans of them. WebVTT §4.2.2 */
export type CueNode = string | CueSpan;

export interface CueSpan {
  /** `c` class, `i`, `b`, `u`, `ruby`, `rt`, `v` voice, `lang` */
  readonly tag: string;
  readonly classes: readonly string[];
  readonly children: readonly CueNode[];
}

const tags = ['c', 'i', 'b', 'u', 'ruby', 'rt', 'v', 'lang'];
/** Deeper spans are read as if their tags were not there. */
const maximumDepth = 16;

const references: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00A0',
  lrm: '\u200E',
  rlm: '\u200F',
};

/** Plain characters as cue text. */
export function escapeCueText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Without the empty lines, which would end the cue. */
export function visibleLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n');
}

interface OpenSpan extends CueSpan {
  readonly children: CueNode[];
}

/** Reads cue text, §6.4: tags that do not match, time stamps within the text and unknown tags are passed over. */
export function readCueText(text: string): CueNode[] {
  const root: OpenSpan = { tag: '', classes: [], children: [] };
  const open = [root];
  for (const piece of text.split(/(<[^<>]*>)/)) {
    const inside = open.at(-1) ?? root;
    if (!(piece.startsWith('<') && piece.endsWith('>'))) {
      if (piece !== '') inside.children.push(unescape(piece));
      continue;
    }
    const [name = '', ...classes] = (piece.slice(1, -1).split(/[\s]/, 1)[0] ?? '').split('.');
    if (name.startsWith('/')) {
      if (open.length > 1 && (inside.tag === name.slice(1) || name === '/')) open.pop();
    } else if (tags.includes(name) && open.length <= maximumDepth) {
      const span: OpenSpan = { tag: name, classes: classes.filter(Boolean), children: [] };
      inside.children.push(span);
      open.push(span);
    }
  }
  return root.children;
}

function unescape(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-z]{2,4}));/g, (whole, decimal, hex, name: string) => {
    if (name !== undefined) return references[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD';
  });
}
