import { ManifestError } from '../manifest-error.js';

/** The attributes of one tag, RFC 8216bis §4.2. Values are kept without their quotes. */
export class AttributeList {
  readonly #values: ReadonlyMap<string, string>;
  readonly #line: number;

  constructor(values: ReadonlyMap<string, string>, line: number) {
    this.#values = values;
    this.#line = line;
  }

  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** @throws ManifestError when it is missing */
  required(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined) throw new ManifestError('invalid', `attribute ${name} is missing`, this.#line);
    return value;
  }

  /** `YES` is true; `NO` and absence are false. */
  flag(name: string): boolean {
    return this.#values.get(name) === 'YES';
  }

  /** A decimal number, zero or more. */
  number(name: string): number | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (!/^[\d.]/.test(value) || !Number.isFinite(number) || number < 0)
      throw new ManifestError('invalid', `attribute ${name} must be a number; given: ${clip(value)}`, this.#line);
    return number;
  }

  /** `<width>x<height>` */
  resolution(name: string): { width: number; height: number } | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    const match = /^(\d{1,6})x(\d{1,6})$/i.exec(value);
    if (!match)
      throw new ManifestError(
        'invalid',
        `attribute ${name} must be <width>x<height>; given: ${clip(value)}`,
        this.#line,
      );
    return { width: Number(match[1]), height: Number(match[2]) };
  }
}

// NAME=value pairs; spaces around names, separators and values are forgiven, as players do. No two neighbours can match the same
// characters, so that hostile text costs linear time.
const attribute = /\s*([A-Za-z0-9-]+)\s*=(?:\s*"([^"]*)"\s*|([^",]*))(?:,|$)/y;

/**
 * Reads `NAME=value,NAME="value"`; the first of two equal names wins, as in players.
 * @param resolve applied to every value: variable substitution
 * @throws ManifestError when the text is not an attribute list
 */
export function readAttributeList(
  text: string,
  line: number,
  resolve: (value: string) => string = (value) => value,
): AttributeList {
  const values = new Map<string, string>();
  attribute.lastIndex = 0;
  let position = 0;
  const { length } = text.trimEnd();
  while (position < length) {
    const match = attribute.exec(text);
    if (!match?.[1])
      throw new ManifestError(
        'invalid',
        `attribute expected; given: ${clip(withoutQuery(text.slice(position)))}`,
        line,
      );
    const value = match[2] === undefined ? (match[3] ?? '').trim() : match[2];
    if (!values.has(match[1])) values.set(match[1], resolve(value));
    position = attribute.lastIndex;
  }
  return new AttributeList(values, line);
}

/** A value of an attribute to be written: text is quoted, everything else stands as it is. */
export type AttributeValue = { readonly quoted: string } | string | number | boolean | undefined;

/**
 * Writes an attribute list; undefined values are left out, booleans become YES and NO.
 * @throws ManifestError for a quoted string with a quote or line break in it, or another with a comma or space, which HLS cannot express
 */
export function writeAttributeList(attributes: Readonly<Record<string, AttributeValue>>): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${writeValue(name, value)}`)
    .join(',');
}

function writeValue(name: string, value: AttributeValue): string {
  if (typeof value === 'boolean') return value ? 'YES' : 'NO';
  if (typeof value === 'string' && /[\s",]/.test(value))
    throw new ManifestError('invalid', `attribute ${name} may hold no quote, comma or space: ${clip(value)}`);
  if (typeof value !== 'object') return String(value);
  if (/["\r\n]/.test(value.quoted))
    throw new ManifestError('invalid', `attribute ${name} may hold no quote or line break: ${clip(value.quoted)}`);
  return `"${value.quoted}"`;
}

/** What may be an address, for messages: secrets travel in queries. */
function withoutQuery(text: string): string {
  return text.replace(/\?.*/s, '?...');
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
