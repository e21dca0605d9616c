import { ManifestError } from '../manifest-error.js';
import type { AttributeList } from './attribute-list.js';

/** How many characters may come into being by replacing variables in one playlist: a few lines must not grow into gigabytes. */
export const maxSubstitutedLength = 16 * 1024 * 1024;

const reference = /\{\$([A-Za-z0-9_-]+)\}/g;

/** The variables of one playlist, EXT-X-DEFINE, RFC 8216bis §4.3 and §4.4.2.3. */
export class Variables {
  readonly #values = new Map<string, string>();
  readonly #imported: ReadonlyMap<string, string>;
  readonly #query: URLSearchParams | undefined;
  #substituted = 0;

  /**
   * @param imported what the multivariant playlist defines, for IMPORT
   * @param uri where the playlist was loaded from, for QUERYPARAM
   */
  constructor(imported: ReadonlyMap<string, string> = new Map(), uri?: string) {
    this.#imported = imported;
    const query = uri?.split('#', 1)[0]?.split('?').slice(1).join('?');
    // Percent-decoded alone, §4.4.2.3: a form's plus, which stands for a space, is that of signatures in Base64 here.
    this.#query = query === undefined ? undefined : new URLSearchParams(query.replaceAll('+', '%2B'));
  }

  get values(): ReadonlyMap<string, string> {
    return this.#values;
  }

  /** @throws ManifestError for a name that is defined twice, or that cannot be imported */
  define(attributes: AttributeList, line: number): void {
    const [name, value] = this.#read(attributes, line);
    if (this.#values.has(name)) throw new ManifestError('invalid', `the variable ${name} is defined twice`, line);
    this.#values.set(name, value);
  }

  #read(attributes: AttributeList, line: number): [string, string] {
    const imported = attributes.text('IMPORT');
    if (imported !== undefined) {
      const value = this.#imported.get(imported);
      if (value === undefined)
        throw new ManifestError('invalid', `the multivariant playlist defines no variable ${imported}`, line);
      return [imported, value];
    }
    const parameter = attributes.text('QUERYPARAM');
    if (parameter !== undefined) {
      const value = this.#query?.get(parameter);
      if (!value) throw new ManifestError('invalid', `the playlist's URI has no query parameter ${parameter}`, line);
      return [parameter, value];
    }
    return [attributes.required('NAME'), attributes.required('VALUE')];
  }

  /**
   * The text with every `{$name}` replaced; what is put in is not looked at again.
   * @throws ManifestError for a variable that is not defined before its use
   */
  substitute(text: string, line: number): string {
    if (!text.includes('{$')) return text;
    return text.replace(reference, (_, name: string) => {
      const value = this.#values.get(name);
      if (value === undefined) throw new ManifestError('invalid', `the variable ${name} is not defined`, line);
      this.#substituted += value.length;
      if (this.#substituted > maxSubstitutedLength)
        throw new ManifestError(
          'too_large',
          `variables may put in at most ${maxSubstitutedLength} characters (maxSubstitutedLength)`,
          line,
        );
      return value;
    });
  }
}
