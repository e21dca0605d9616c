import { createHash } from 'node:crypto';

/** What a token may do: look; work with jobs, recordings, assets and the schedule, too; or everything. */
export const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/**
 * A token of the API as it is kept. Secrets are long (at least 16 characters; ours are 256 random bits), so one round of SHA-256 is enough:
 * there is nothing to guess.
 */
export interface StoredToken {
  readonly name: string;
  /** SHA-256 of the secret, 64 hex digits; empty: no token, but somebody whom an OpenID provider signed in */
  readonly digest: string;
  readonly role: Role;
}

export function storedToken(name: string, secret: string, role: Role = 'admin'): StoredToken {
  return { name, role, digest: createHash('sha256').update(secret).digest('hex') };
}

/** What a person may do whom an OpenID provider signed in: as with a token of that role, which nobody has. */
export function signedInByOidc(name: string, role: Role): StoredToken {
  return { name, role, digest: '' };
}
