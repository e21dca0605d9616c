/** How many processes ask a host now: what a host is to bear is shared among them. */
export interface Visitors {
  /** This one included, at least 1; undefined until it is known. Asking says that one visits. */
  count(host: string): number | undefined;
}

/** What of a limit that counts for all is one's own: nothing is exceeded while it is not known how many there are. */
export function shareOf(limit: number, visitors: Visitors | undefined, host: string): number {
  if (!visitors) return limit;
  return Math.max(1, Math.floor(limit / (visitors.count(host) ?? limit)));
}
