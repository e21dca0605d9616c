/** How many processes ask a host now: what a host is to bear is shared among them. */
export interface Visitors {
  /** This one included, at least 1; undefined until it is known. Asking says that one visits. */
  count(host: string): number | undefined;
}

/** By how many a limit that counts for all is divided: nothing is exceeded while it is not known how many there are. @param most that there could be */
export function crowdAt(host: string, visitors: Visitors | undefined, most: number): number {
  return visitors ? (visitors.count(host) ?? most) : 1;
}

/** What of a number of places that count for all is one's own. */
export function shareOf(places: number, visitors: Visitors | undefined, host: string): number {
  return Math.max(1, Math.floor(places / crowdAt(host, visitors, places)));
}
