import { createHash } from 'node:crypto';

/**
 * A token of the API as it is kept. Secrets are long (at least 16 characters; ours are 256 random bits), so one round of SHA-256 is enough:
 * there is nothing to guess.
 */
export interface StoredToken {
  readonly name: string;
  /** SHA-256 of the secret, 64 hex digits */
  readonly digest: string;
}

export function storedToken(name: string, secret: string): StoredToken {
  return { name, digest: createHash('sha256').update(secret).digest('hex') };
}
