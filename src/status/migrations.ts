import type { Pool, PoolClient } from 'pg';
import { Failure } from '../domain/failure.js';

/**
 * Our tables, forward only: a migration that was released is never edited, the next one corrects it.
 * The engine keeps its own tables (schema `dbos`) up to date by itself.
 */
const migrations: readonly { name: string; sql: string }[] = [
  {
    name: 'jobs',
    sql: `
      CREATE TABLE reelway.job_progress (
        job_id text PRIMARY KEY,
        progress jsonb NOT NULL,
        updated_at double precision NOT NULL);
      CREATE INDEX job_progress_updated_at ON reelway.job_progress (updated_at);
      CREATE TABLE reelway.job_step (
        job_id text NOT NULL,
        step_id integer NOT NULL,
        name text NOT NULL,
        started_at double precision NOT NULL,
        failed_attempts integer NOT NULL,
        last_failure jsonb,
        next_attempt_at double precision,
        updated_at double precision NOT NULL,
        PRIMARY KEY (job_id, step_id));
      CREATE INDEX job_step_updated_at ON reelway.job_step (updated_at);
      CREATE TABLE reelway.job_attempt (
        job_id text NOT NULL,
        attempt integer NOT NULL,
        status text NOT NULL,
        failure jsonb,
        started_at double precision,
        ended_at double precision NOT NULL,
        PRIMARY KEY (job_id, attempt));
      CREATE TABLE reelway.job_dismissal (
        job_id text PRIMARY KEY,
        dismissed_at double precision NOT NULL);
      CREATE TABLE reelway.worker (
        id text PRIMARY KEY,
        host text NOT NULL,
        pid integer NOT NULL,
        started text NOT NULL,
        space text NOT NULL,
        seen_at timestamptz NOT NULL DEFAULT now());`,
  },
  {
    name: 'assets',
    sql: `
      CREATE TABLE reelway.asset (
        id text PRIMARY KEY,
        request jsonb NOT NULL,
        created_at double precision NOT NULL);
      CREATE INDEX asset_created_at ON reelway.asset (created_at, id);
      CREATE TABLE reelway.endpoint (
        asset_id text NOT NULL REFERENCES reelway.asset ON DELETE CASCADE,
        configuration_id text NOT NULL,
        capability text NOT NULL UNIQUE,
        bucket text,
        prefix text NOT NULL,
        manifests jsonb NOT NULL,
        objects integer NOT NULL,
        bytes double precision NOT NULL,
        duration_ms double precision NOT NULL,
        published_at double precision NOT NULL,
        PRIMARY KEY (asset_id, configuration_id));`,
  },
];

/** Any number: the advisory lock under which one process at a time migrates. */
const migrationLock = 7_335_929;

/**
 * Brings schema `reelway` up to date; one small query when it is already.
 * @throws Failure `database_newer` when a newer Reelway has migrated this database.
 */
export async function migrate(pool: Pool): Promise<void> {
  if ((await currentVersion(pool)) === migrations.length) return;
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [migrationLock]);
    await client.query(`CREATE SCHEMA IF NOT EXISTS reelway;
      CREATE TABLE IF NOT EXISTS reelway.migration (
        version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
    // Read again: another process may have migrated while this one waited for the lock.
    const version = await currentVersion(client);
    if (version > migrations.length) throw newer(version);
    for (const [index, { name, sql }] of migrations.entries()) {
      if (index < version) continue;
      await client.query(sql);
      await client.query('INSERT INTO reelway.migration (version, name) VALUES ($1, $2)', [index + 1, name]);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

/** 0 before the first migration. */
async function currentVersion(queryable: Pool | PoolClient): Promise<number> {
  const { rows: found } = await queryable.query<{ exists: boolean }>(
    `SELECT to_regclass('reelway.migration') IS NOT NULL AS exists`,
  );
  if (!found[0]?.exists) return 0;
  const { rows } = await queryable.query<{ version: number }>(
    'SELECT coalesce(max(version), 0) AS version FROM reelway.migration',
  );
  return rows[0]?.version ?? 0;
}

function newer(version: number): Failure {
  return new Failure(
    'database_newer',
    `The database is of version ${version}, this Reelway knows versions up to ${migrations.length}.`,
    { details: { given: version, allowed: migrations.length } },
  );
}
