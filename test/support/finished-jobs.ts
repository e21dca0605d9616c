import type { Pool } from 'pg';

/**
 * Writes families of finished jobs straight into the tables, as the engine leaves them: an asset, two endpoints below it, and a notice; steps, inputs,
 * results and our journal with them. Every twentieth asset has failed. The engine must have been launched on the database once.
 * @returns how many jobs
 */
export async function writeFinishedJobs(
  pool: Pool,
  { families, from, until, prefix = 'old' }: { families: number; from: number; until: number; prefix?: string },
): Promise<number> {
  const jobs = `
    SELECT f.n, j.suffix, j.kind, j.queue, j.steps, '${prefix}' || f.n || j.suffix AS id,
      CASE WHEN j.below THEN '${prefix}' || f.n END AS parent,
      CASE WHEN f.n % 20 = 0 AND j.suffix = '' THEN 'ERROR' ELSE 'SUCCESS' END AS status,
      (${from} + (${until - from})::float8 * f.n / ${families})::bigint AS at
    FROM generate_series($1::int, $2::int) AS f (n)
    CROSS JOIN (VALUES ('', 'package-asset', 'assets', 5, false), (':hls', 'package-endpoint', 'endpoints', 2, true),
      (':dash', 'package-endpoint', 'endpoints', 2, true), (':notice', 'tell', 'notices', 1, false)) AS j (suffix, kind, queue, steps, below)`;
  const statements = [
    `INSERT INTO dbos.workflow_status (workflow_uuid, status, name, authenticated_roles, executor_id, created_at, updated_at,
       application_version, recovery_attempts, queue_name, started_at_epoch_ms, parent_workflow_id, serialization, completed_at, attributes, application_name)
     SELECT id, status, kind, '[]', 'host:1:aaaa', at, at + 60000, 'PATCHING_ENABLED', 1, queue, at + 1000, parent, 'js_superjson', at + 60000,
       jsonb_build_object('title', 'asset ' || n, 'queue', queue), 'reelway' FROM (${jobs}) AS jobs`,
    `INSERT INTO dbos.workflow_input (workflow_uuid, inputs)
     SELECT id, '{"json":[{"request":{"id":"' || id || '","source":"s3://a-bucket/a/rather/long/key/of/a/source/index.m3u8"}},{}]}' FROM (${jobs}) AS jobs`,
    `INSERT INTO dbos.workflow_output (workflow_uuid, output, error)
     SELECT id, CASE WHEN status = 'SUCCESS' THEN '{"json":{"status":"complete","objects":1200,"bytes":1000000000}}' END,
       CASE WHEN status = 'ERROR' THEN '{"name":"Failure","message":"it failed","code":"source_invalid","details":{}}' END FROM (${jobs}) AS jobs`,
    `INSERT INTO dbos.operation_outputs (workflow_uuid, function_id, function_name, output, started_at_epoch_ms, completed_at_epoch_ms, serialization, application_name)
     SELECT id, step, 'step ' || step, '{"json":{"objects":1200,"bytes":1000000000,"manifests":["vod/a/b/index.m3u8"]}}', at, at + 60000, 'js_superjson', 'reelway'
     FROM (${jobs}) AS jobs CROSS JOIN LATERAL generate_series(0, jobs.steps - 1) AS s (step)`,
    `INSERT INTO reelway.job_step (job_id, step_id, name, started_at, failed_attempts, updated_at)
     SELECT id, step, 'step ' || step, at, 0, at FROM (${jobs}) AS jobs CROSS JOIN LATERAL generate_series(0, jobs.steps - 1) AS s (step)`,
    `INSERT INTO reelway.job_progress (job_id, progress, updated_at)
     SELECT id, '{"done":1200,"total":1200,"unit":"segments"}', at FROM (${jobs}) AS jobs WHERE kind = 'package-endpoint'`,
  ];
  for (let first = 1; first <= families; first += familiesPerStatement) {
    const last = Math.min(families, first + familiesPerStatement - 1);
    for (const statement of statements) await pool.query(statement, [first, last]);
  }
  return families * 4;
}

const familiesPerStatement = 25_000;
