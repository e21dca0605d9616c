/**
 * A URI reference of a playlist as an address. Playlists that were named by a path (no scheme) give `file:` URLs, so that what they refer
 * to is resolved as RFC 3986 says. Whether an address may be read is the reader's decision.
 * @returns undefined when the reference is no URI
 */
export function resolveUri(reference: string, base: string): string | undefined {
  const from = hasScheme(base)
    ? base
    : `file://${base.startsWith('/') ? '' : '/'}${base.split('/').map(encodeURIComponent).join('/')}`;
  return URL.canParse(reference, from) ? new URL(reference, from).href : undefined;
}

/** Two letters at least: one would be a drive. */
function hasScheme(uri: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(uri);
}
