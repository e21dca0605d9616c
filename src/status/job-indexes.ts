import { sql, type Kysely } from 'kysely';
import { hasEnded, searchedText } from './job-search.js';
import type { Tables } from './tables.js';

/**
 * What the lists of jobs need on the engine's own table, so that they stay quick with a million jobs in it. The engine drops none of them:
 * it only knows its own names.
 */
export const jobIndexes = {
  reelway_jobs_of_nobody: '(created_at, workflow_uuid) WHERE parent_workflow_id IS NULL',
  reelway_jobs_by_kind: '(name, created_at, workflow_uuid)',
  reelway_jobs_by_status: "(status, created_at, workflow_uuid) WHERE status <> 'SUCCESS'",
  reelway_jobs_by_change: '(updated_at)',
  // Of ended jobs alone: a job is written anew with every change of its state, and grams cost more than all other indexes.
  reelway_jobs_by_text: `USING gin (reelway.search_grams(${searchedText})) WHERE ${hasEnded}`,
} as const;

/** Makes the indexes that are missing, without holding up writers; once the engine has made its tables, by one process at a time. */
export async function makeJobIndexes(tables: Kysely<Tables>): Promise<void> {
  for (const name of await missing(tables)) {
    // One that was cut off in the middle is there and invalid.
    await sql`DROP INDEX IF EXISTS dbos.${sql.id(name)}`.execute(tables);
    const definition = sql.raw(`${name} ON dbos.workflow_status ${jobIndexes[name]}`);
    await sql`CREATE INDEX CONCURRENTLY IF NOT EXISTS ${definition}`.execute(tables);
    // Nobody asks how frequent grams are, and ANALYZE would make them for thousands of jobs each time.
    if (name === 'reelway_jobs_by_text')
      await sql`ALTER INDEX dbos.${sql.id(name)} ALTER COLUMN 1 SET STATISTICS 0`.execute(tables);
  }
}

async function missing(connection: Kysely<Tables>): Promise<(keyof typeof jobIndexes)[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = 'dbos.workflow_status'::regclass AND i.indisvalid`.execute(connection);
  const there = new Set(rows.map(({ name }) => name));
  return (Object.keys(jobIndexes) as (keyof typeof jobIndexes)[]).filter((name) => !there.has(name));
}
