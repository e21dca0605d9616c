import { createHash, randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Role, StoredToken } from '../domain/api-token.js';
import type { Tables } from './tables.js';

/**
 * Who is signed in to the dashboard. A session is kept by the digest of its secret, and stands for the token that it was opened with, or for the
 * person whom an OpenID provider signed in.
 */
export interface SessionTable {
  /** @returns the secret, which only the browser keeps */
  open(token: StoredToken, expiresAt: Date): Promise<string>;
  /**
   * The token of a session that has not expired; whether that token still counts, the caller decides.
   * @returns `role` null: that of the token
   */
  find(secret: string): Promise<{ name: string; digest: string; role: Role | null } | undefined>;
  close(secret: string): Promise<void>;
}

export function sessionTable(tables: Kysely<Tables>): SessionTable {
  return {
    async open(token, expiresAt) {
      const secret = randomBytes(32).toString('base64url');
      await tables.deleteFrom('session').where('expires_at', '<', Date.now()).execute();
      await tables
        .insertInto('session')
        .values({
          digest: digestOf(secret),
          token_name: token.name,
          token_digest: token.digest,
          role: token.digest === '' ? token.role : null,
          expires_at: expiresAt.getTime(),
        })
        .execute();
      return secret;
    },

    async find(secret) {
      const row = await tables
        .selectFrom('session')
        .select(['token_name', 'token_digest', 'role'])
        .where('digest', '=', digestOf(secret))
        .where('expires_at', '>=', Date.now())
        .executeTakeFirst();
      return row && { name: row.token_name, digest: row.token_digest, role: row.role };
    },

    async close(secret) {
      await tables.deleteFrom('session').where('digest', '=', digestOf(secret)).execute();
    },
  };
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
