import pg from 'pg';
import type { PrivateCluster } from '../support/postgres-server.js';

/** @returns its address */
export async function createDatabase(cluster: PrivateCluster): Promise<string> {
  await ask(cluster.url, 'CREATE DATABASE chaos');
  const url = new URL(cluster.url);
  url.pathname = '/chaos';
  return url.href;
}

export async function ask(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

export function cutConnections(url: string): Promise<unknown> {
  return ask(
    url,
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
}

/** Are all jobs and webhooks ended? False while the database is away. */
export async function isAllDone(url: string): Promise<boolean> {
  const statement = `SELECT (SELECT count(*) FROM dbos.workflow_status WHERE status IN ('PENDING', 'ENQUEUED', 'DELAYED'))
    + (SELECT count(*) FROM reelway.zoom_event WHERE outcome IS NULL) AS count`;
  const [row] = await ask(url, statement).catch(() => []);
  return row !== undefined && Number(row.count) === 0;
}
