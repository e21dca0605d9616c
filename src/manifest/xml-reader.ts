import { SaxesParser } from 'saxes';
import { ManifestError } from './manifest-error.js';

/** An element that was read. Names are without their prefix: manifests use few vocabularies, and no two share a name that is looked at. */
export interface ReadElement {
  readonly name: string;
  /** What stands before the name's colon; absent: nothing. */
  readonly prefix?: string;
  /** By name with prefix, because `xlink:href` is not `href`. */
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly children: readonly ReadElement[];
  /** The element's own text, trimmed. */
  readonly text: string;
  /** Elements and text in the order of the document, text with all of its spaces; only of documents that are read as mixed. */
  readonly content?: readonly (ReadElement | string)[];
  /** from 1 */
  readonly line: number;
}

/** Elements of one document: a segment each for 140 hours of four renditions, listed one by one. */
const maxElements = 1_000_000;
const maxDepth = 64;
const none: readonly never[] = [];

/**
 * Reads a document (XML 1.0) without document type: no entities but the predefined ones, so nothing grows and nothing is fetched.
 * @param options `mixed`: text among elements matters, as in documents for people
 * @throws ManifestError naming the line, for what is not well-formed, has a DOCTYPE, or exceeds a limit
 */
export function readXml(text: string, { mixed = false }: { readonly mixed?: boolean } = {}): ReadElement {
  const parser = new SaxesParser();
  const open: { element: Building; name: string }[] = [];
  let root: Building | undefined;
  let count = 0;

  parser.on('error', (error) => {
    throw new ManifestError('invalid', `not well-formed XML: ${error.message.replace(/^\d+:\d+: /, '')}`, parser.line);
  });
  parser.on('doctype', () => {
    throw new ManifestError('invalid', 'a document type (DOCTYPE) is not allowed', parser.line);
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (++count > maxElements)
      throw new ManifestError('too_large', `more than ${maxElements} elements (maxElements)`, parser.line);
    if (open.length >= maxDepth)
      throw new ManifestError('too_large', `nested deeper than ${maxDepth} levels (maxDepth)`, parser.line);
    const element: Building = {
      ...qualified(name),
      attributes,
      children: none,
      text: '',
      ...(mixed && { content: [] }),
      line: parser.line,
    };
    const parent = open.at(-1)?.element;
    if (!parent) root = element;
    else if (parent.children === none) parent.children = [element];
    else (parent.children as ReadElement[]).push(element);
    if (mixed) addContent(parent, element);
    open.push({ element, name });
  });
  parser.on('text', (piece) => {
    const element = open.at(-1)?.element;
    if (mixed) addContent(element, piece);
    const content = piece.trim();
    if (element && content !== '') element.text += content;
  });
  parser.on('cdata', (piece) => {
    const element = open.at(-1)?.element;
    if (mixed) addContent(element, piece);
    if (element) element.text += piece.trim();
  });
  parser.on('closetag', () => void open.pop());

  parser.write(text).close();
  if (!root) throw new ManifestError('invalid', 'the document has no element', 1);
  return root;
}

type Building = { -readonly [field in keyof ReadElement]: ReadElement[field] };

function addContent(element: Building | undefined, piece: ReadElement | string): void {
  (element?.content as (ReadElement | string)[] | undefined)?.push(piece);
}

function qualified(name: string): Pick<ReadElement, 'name' | 'prefix'> {
  const colon = name.indexOf(':');
  return colon < 0 ? { name } : { prefix: name.slice(0, colon), name: name.slice(colon + 1) };
}

/** The element's children of a name, in order. */
export function childrenOf(element: ReadElement, name: string): ReadElement[] {
  return element.children.filter((child) => child.name === name);
}

/** The last child of a name that the element has. */
export function childOf(element: ReadElement, name: string): ReadElement | undefined {
  return element.children.findLast((child) => child.name === name);
}
