import type { ReadElement } from '../../manifest/xml-reader.js';
import { valueType, type ValueType } from './schema-values.js';

/**
 * Elements by name, and what they may hold:
 * - `attributes`: `name`, with `!` when it must be there and `#` when no sibling may have the same, and `:` its type (a text without);
 * - `children` in their order: `name` once, `name?` at most once, `name*` any number, `name+` at least one, and `any`: those of other namespaces;
 * - `text`: its type; absent: none is allowed.
 *
 * Attributes with a prefix are of other namespaces, and allowed everywhere.
 */
export type SchemaTable = Readonly<
  Record<string, { readonly attributes?: string; readonly children?: string; readonly text?: string }>
>;

interface Attribute {
  readonly type: ValueType;
  readonly required: boolean;
  /** Among siblings of the same name. */
  readonly unique: boolean;
}

interface Child {
  readonly place: number;
  readonly required: boolean;
  readonly repeated: boolean;
}

interface ElementType {
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly requiredAttributes: readonly string[];
  readonly uniqueAttributes: readonly string[];
  readonly children: ReadonlyMap<string, Child>;
  readonly requiredChildren: readonly string[];
  readonly text: ValueType | undefined;
}

/** A vocabulary of XML: what its documents look like. */
export interface Schema {
  readonly namespace: string;
  readonly root: string;
  readonly elements: ReadonlyMap<string, ElementType>;
}

/** @throws Error for a table that is wrong in itself: a type or a child that there is not */
export function compileSchema(namespace: string, root: string, table: SchemaTable): Schema {
  const elements = new Map(Object.entries(table).map(([name, element]) => [name, compile(element)]));
  for (const name of [root, ...[...elements.values()].flatMap(({ children }) => [...children.keys()])])
    if (name !== anyOther && !elements.has(name)) throw new Error(`the schema has no element ${name}`);
  return { namespace, root, elements };
}

/** Elements of all other namespaces, as a child. */
const anyOther = 'any';

function compile({ attributes = '', children = '', text }: SchemaTable[string]): ElementType {
  const words = (list: string) => list.split(' ').filter((word) => word !== '');
  const attributeTypes = words(attributes).map((word): [string, Attribute] => {
    const [, name = '', marks = '', type = 'string'] = /^([\w-]+)([!#]*)(?::(.*))?$/.exec(word) ?? [];
    return [name, { type: valueType(type), required: marks.includes('!'), unique: marks.includes('#') }];
  });
  const childTypes = words(children).map((word, place): [string, Child] => {
    const [, name = '', mark = ''] = /^(\w+)([?*+]?)$/.exec(word) ?? [];
    return [
      name,
      {
        place,
        required: name !== anyOther && ['', '+'].includes(mark),
        repeated: name === anyOther || ['*', '+'].includes(mark),
      },
    ];
  });
  const named = <Type extends { required: boolean }>(types: [string, Type][]) =>
    types.filter(([, { required }]) => required).map(([name]) => name);
  return {
    attributes: new Map(attributeTypes),
    requiredAttributes: named(attributeTypes),
    uniqueAttributes: attributeTypes.filter(([, { unique }]) => unique).map(([name]) => name),
    children: new Map(childTypes),
    requiredChildren: named(childTypes),
    text: text === undefined ? undefined : valueType(text),
  };
}

/** Breaches that one document is told of. */
const mostBreaches = 100;

/** What of a document is not as its schema wants it, each a sentence that begins with the line; the first 100. */
export function checkSchema(schema: Schema, root: ReadElement): string[] {
  const check = new SchemaCheck(schema);
  check.root(root);
  return check.breaches;
}

/** Long documents are one element a thousand times over: what is asked of each must be little. */
class SchemaCheck {
  readonly breaches: string[] = [];
  readonly #schema: Schema;
  /** The element that is looked at and those that it lies in, outermost first. */
  readonly #open: ReadElement[] = [];

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  root(root: ReadElement): void {
    const { namespace, root: name } = this.#schema;
    const given = this.#namespace(root);
    if (root.name === name && given === namespace) this.#element(root);
    else
      this.#breach(
        root,
        `the document is a ${name} of ${namespace}; given: ${root.name} of ${given || 'no namespace'}`,
      );
  }

  #element(element: ReadElement): void {
    const type = this.#schema.elements.get(element.name);
    if (!type) return;
    this.#attributes(element, type);
    this.#text(element, type);
    if (element.children.length === 0 && type.requiredChildren.length === 0) return;
    this.#open.push(element);
    this.#children(element, type);
    this.#open.pop();
  }

  #attributes(element: ReadElement, type: ElementType): void {
    const { attributes } = element;
    for (const name in attributes) {
      const attribute = type.attributes.get(name);
      const value = attributes[name] ?? '';
      if (attribute) {
        if (!attribute.type.holds(value))
          this.#breach(element, `${element.name}@${name} must be ${attribute.type.allowed}; given: ${short(value)}`);
      } else if (!name.includes(':') && name !== 'xmlns')
        this.#breach(element, `${element.name} has no attribute ${name}; it has: ${listed(type.attributes.keys())}`);
    }
    for (const name of type.requiredAttributes)
      if (attributes[name] === undefined) this.#breach(element, `${element.name}@${name} is missing`);
  }

  #text(element: ReadElement, { text }: ElementType): void {
    if (text === undefined && element.text !== '')
      this.#breach(element, `${element.name} holds no text; given: ${short(element.text)}`);
    else if (text && !text.holds(element.text))
      this.#breach(element, `the text of ${element.name} must be ${text.allowed}; given: ${short(element.text)}`);
  }

  #children(element: ReadElement, type: ElementType): void {
    let last: { name: string; place: number } | undefined;
    const seen = new Set<string>();
    const taken = new Set<string>();
    for (const child of element.children) {
      if (this.breaches.length >= mostBreaches) return;
      const ours = this.#namespace(child, element) === this.#schema.namespace;
      const name = ours ? child.name : anyOther;
      const known = type.children.get(name);
      if (!known) {
        this.#breach(child, `${element.name} has no ${child.name} in it; it has: ${listed(type.children.keys())}`);
        continue;
      }
      if (last && known.place < last.place)
        this.#breach(child, `${child.name} stands after ${last.name} in ${element.name}; it comes before`);
      else if (known.place !== last?.place) last = { name: child.name, place: known.place };
      if (!known.repeated && seen.has(name)) this.#breach(child, `${element.name} has at most one ${name}`);
      seen.add(name);
      if (!ours) continue;
      this.#unique(child, taken);
      this.#element(child);
    }
    for (const name of type.requiredChildren)
      if (!seen.has(name)) this.#breach(element, `${element.name} has at least one ${name}; there is none`);
  }

  /** @param taken what siblings have: `element@attribute=value` */
  #unique(child: ReadElement, taken: Set<string>): void {
    for (const name of this.#schema.elements.get(child.name)?.uniqueAttributes ?? []) {
      const value = child.attributes[name];
      if (value === undefined) continue;
      const key = `${child.name}@${name}=${value}`;
      if (taken.has(key)) this.#breach(child, `two elements ${child.name} have one ${name}: ${short(value)}`);
      taken.add(key);
    }
  }

  /** Namespaces in XML 1.0 §6; none is the empty one. @param parent an element of our namespace, whose prefix most children share */
  #namespace(element: ReadElement, parent?: ReadElement): string {
    const { prefix, name, attributes } = element;
    const declaration = prefix === undefined ? 'xmlns' : `xmlns:${prefix}`;
    if (parent && prefix === parent.prefix && attributes[declaration] === undefined) return this.#schema.namespace;
    const declared = [...this.#open, element].findLast((each) => each.attributes[declaration] !== undefined);
    if (!declared && prefix !== undefined)
      this.#breach(element, `nothing says what ${prefix} in ${prefix}:${name} stands for (xmlns:${prefix})`);
    return declared?.attributes[declaration] ?? '';
  }

  #breach({ line }: ReadElement, message: string): void {
    this.breaches.push(`line ${line}: ${message}`);
  }
}

const short = (value: string) => (value.length > 60 ? `${value.slice(0, 60)}...` : value);
const listed = (names: Iterable<string>) => [...names].join(', ') || 'none';
