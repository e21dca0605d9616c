import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Tables } from './tables.js';

/** A secret of this installation, the same for all of its processes: made at the first question. 64 hex digits. */
export async function installationSecret(tables: Kysely<Tables>, name: string): Promise<string> {
  await tables
    .insertInto('secret')
    .values({ name, value: randomBytes(32).toString('hex'), created_at: Date.now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { value } = await tables
    .selectFrom('secret')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return value;
}
