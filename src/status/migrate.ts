import type { Pool, PoolClient } from 'pg';
import { Failure } from '../domain/failure.js';
import { migrations, type Migration } from './migrations.js';

/** Any number: the advisory lock under which one process at a time migrates. */
const migrationLock = 7_335_929;

/**
 * Brings schema `reelway` up to date; one small query when it is already, or when a newer Reelway has brought it further in ways that this one need not know.
 * @throws Failure `database_newer` when a newer Reelway has changed what this one relies on
 */
export async function migrate(pool: Pool, known = migrations): Promise<void> {
  if (isUpToDate(await stateOf(pool), known)) return;
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [migrationLock]);
    await client.query(`CREATE SCHEMA IF NOT EXISTS reelway;
      CREATE TABLE IF NOT EXISTS reelway.migration (
        version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
      ALTER TABLE reelway.migration ADD COLUMN IF NOT EXISTS needs integer`);
    // Read again: another process may have migrated while this one waited for the lock.
    const state = await stateOf(client);
    if (!isUpToDate(state, known)) await apply(client, known, state.version);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function apply(client: PoolClient, known: readonly Migration[], version: number): Promise<void> {
  for (const [index, { name, sql, additive }] of known.entries()) {
    if (index < version) continue;
    await client.query(sql);
    const needs = additive ? 0 : index + 1;
    await client.query('INSERT INTO reelway.migration (version, name, needs) VALUES ($1, $2, $3)', [
      ...[index + 1, name, needs],
    ]);
  }
}

interface DatabaseState {
  /** How many migrations it has; 0 before the first. */
  readonly version: number;
  /** How many of them whoever uses it has to know. */
  readonly needs: number;
}

/** @throws Failure `database_newer` */
function isUpToDate({ version, needs }: DatabaseState, known: readonly Migration[]): boolean {
  if (needs <= known.length) return version >= known.length;
  throw new Failure(
    'database_newer',
    `The database is of version ${version} and needs a Reelway that knows version ${needs}; this one knows versions up to ${known.length}.`,
    { details: { given: needs, allowed: known.length } },
  );
}

async function stateOf(queryable: Pool | PoolClient): Promise<DatabaseState> {
  const { rows: found } = await queryable.query<{ exists: boolean }>(
    `SELECT to_regclass('reelway.migration') IS NOT NULL AS exists`,
  );
  if (!found[0]?.exists) return { version: 0, needs: 0 };
  // As JSON: before the first migration of this release there is no such column. Whoever did not say so counts as needed.
  const { rows } = await queryable.query<DatabaseState>(`
    SELECT coalesce(max(version), 0) AS version, coalesce(max(coalesce((to_jsonb(migration) ->> 'needs')::integer, version)), 0) AS needs
    FROM reelway.migration`);
  return rows[0] ?? { version: 0, needs: 0 };
}
