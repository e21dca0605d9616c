/** A source as people may see it: the query of a signed address is its password. */
export function shownSource(source: string): string {
  return /^https?:/i.test(source) ? source.replace(/[?#].*/s, '') : source;
}
