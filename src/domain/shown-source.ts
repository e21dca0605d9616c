/** A source as people may see it: the query of a signed address is its password, and so is what stands before the host. */
export function shownSource(source: string): string {
  if (!/^https?:/i.test(source)) return source;
  return source.replace(/[?#].*/s, '').replace(/^(https?:\/\/)[^/]*@/i, '$1');
}
