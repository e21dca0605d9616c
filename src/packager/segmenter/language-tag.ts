/** BCP 47 tag of an ISO 639-2 code (`eng`, `ger`) or of what a playlist says; undefined for none, `und` and what is no language. */
export function languageTag(code: string | undefined): string | undefined {
  if (code === undefined) return undefined;
  try {
    const [tag] = Intl.getCanonicalLocales(code.trim());
    return tag === 'und' ? undefined : tag;
  } catch {
    return undefined; // RangeError: not a well-formed tag, as transport streams often carry
  }
}
