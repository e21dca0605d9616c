import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Permission to read one object of our storage, or everything below a folder of it, until a time: a part of the *path*, so that relative
 * references inside keep working. `/media/<depth>.<expires>.<signature>/<key>` covers the first `depth` parts of the key.
 */
export interface MediaGrant {
  /** parts of the key that are covered; all of them: this object alone */
  readonly depth: number;
  /** seconds since 1970 */
  readonly expires: number;
}

/** The path that reads the key until then, percent-encoded. */
export function grantedPath(key: string, { depth, expires }: MediaGrant, secret: string): string {
  const parts = key.split('/');
  const signature = signatureOf(parts, { depth, expires }, secret);
  return `/media/${depth}.${expires}.${signature}/${parts.map(encodeURIComponent).join('/')}`;
}

/** Does the grant, the part of the path after `/media/`, open this key now? @param now milliseconds since 1970 */
export function isGranted(grant: string, key: string, secret: string, now = Date.now()): boolean {
  const [, depthText, expiresText, signature] = /^(\d{1,3})\.(\d{1,12})\.([0-9a-f]{64})$/.exec(grant) ?? [];
  if (depthText === undefined || expiresText === undefined || signature === undefined) return false;
  const [depth, expires] = [Number(depthText), Number(expiresText)];
  const parts = key.split('/');
  if (depth < 1 || depth > parts.length || expires * 1000 < now) return false;
  const expected = signatureOf(parts, { depth, expires }, secret);
  return timingSafeEqual(Buffer.from(expected), Buffer.from(signature));
}

function signatureOf(parts: readonly string[], { depth, expires }: MediaGrant, secret: string): string {
  const covered = parts.slice(0, depth).join('/');
  return createHmac('sha256', secret).update(`${depth}\n${expires}\n${covered}`).digest('hex');
}
