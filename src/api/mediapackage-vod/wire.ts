/** The wire's spelling of names: lowerCamelCase, where the SDK, and we, write PascalCase. Keys of tags are the user's own. */

export type Json = Readonly<Record<string, unknown>>;

export function fromWire(value: unknown): unknown {
  return respell(value, (letter) => letter.toUpperCase());
}

export function toWire(value: unknown): unknown {
  return respell(value, (letter) => letter.toLowerCase());
}

/** Deeper than any document of this API. */
const maxDepth = 16;

function respell(value: unknown, first: (letter: string) => string, depth = 0): unknown {
  if (depth > maxDepth) return undefined;
  if (Array.isArray(value)) return value.map((item) => respell(item, first, depth + 1));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const name = first(key.charAt(0)) + key.slice(1);
      return [name, name.toLowerCase() === 'tags' ? item : respell(item, first, depth + 1)];
    }),
  );
}
