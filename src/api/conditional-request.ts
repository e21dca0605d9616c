import type { IncomingHttpHeaders } from 'node:http';

/** What tells one state of an object from another. */
export interface Validators {
  /** an entity tag as it stands in the ETag header: `"..."`, which is how stores give it (RFC 9110 section 8.8.3) */
  readonly etag?: string;
  readonly lastModified?: Date;
}

/** Whether the caller's copy is still good: answer 304 (RFC 9110 sections 13.1.2, 13.1.3 and the precedence of 13.2.2). */
export function isNotModified(headers: IncomingHttpHeaders, { etag, lastModified }: Validators): boolean {
  const known = headers['if-none-match'];
  if (known !== undefined) {
    if (known.trim() === '*') return true;
    return etag !== undefined && known.split(',').some((tag) => weakly(tag) === etag);
  }
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return lastModified !== undefined && Number.isFinite(since) && wholeSeconds(lastModified) <= since;
}

/** Whether a Range header counts: without If-Range always, else only when the object is still the one it speaks of (RFC 9110 section 13.1.5). */
export function rangeCounts(headers: IncomingHttpHeaders, { etag, lastModified }: Validators): boolean {
  const condition = headers['if-range'];
  if (typeof condition !== 'string') return true;
  if (condition.startsWith('"')) return etag !== undefined && condition === etag;
  const date = Date.parse(condition);
  return lastModified !== undefined && Number.isFinite(date) && wholeSeconds(lastModified) === date;
}

function weakly(tag: string): string {
  return tag.trim().replace(/^W\//, '');
}

/** HTTP dates carry no fractions of a second. */
function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000;
}
