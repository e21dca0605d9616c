/** An element to be written. Attributes in the order of their names here; undefined ones are left out. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly children: readonly (XmlElement | string)[];
}

export function element(
  name: string,
  attributes: XmlElement['attributes'] = {},
  ...children: XmlElement['children']
): XmlElement {
  return { name, attributes, children };
}

/** The document: declaration and root element, indented by two spaces. Text content stands alone in its element. */
export function writeXml(root: XmlElement): string {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>'];
  writeElement(root, '', lines);
  return `${lines.join('\n')}\n`;
}

function writeElement({ name, attributes, children }: XmlElement, indent: string, lines: string[]): void {
  const start = `${indent}<${name}${writeAttributes(attributes)}`;
  if (children.length === 0) {
    lines.push(`${start}/>`);
    return;
  }
  const [only] = children;
  if (children.length === 1 && typeof only === 'string') {
    lines.push(`${start}>${escapeXml(only)}</${name}>`);
    return;
  }
  lines.push(`${start}>`);
  for (const child of children) {
    if (typeof child === 'string') lines.push(`${indent}  ${escapeXml(child)}`);
    else writeElement(child, `${indent}  `, lines);
  }
  lines.push(`${indent}</${name}>`);
}

function writeAttributes(attributes: XmlElement['attributes']): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // An attribute's line breaks and tabs would be read as spaces.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Text and attribute values; characters that XML 1.0 §2.2 does not allow are left out. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"\t\n\r]/g, (character) => entities[character] ?? character);
}
